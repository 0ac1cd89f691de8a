//! What a file is, by its content.

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaterialKind {
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// OFD (GB/T 33190), a ZIP with OFD.xml.
    Ofd,
    /// The text of a signed pledge, made here (告知承诺书): no file that comes in is one.
    Pledge,
}

impl MaterialKind {
    const ALL: [Self; 5] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Ofd, Self::Pledge];

    /// Tells by the content, whatever the name says.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match infer::get(bytes).map(|it| it.mime_type()) {
            Some("application/pdf") => Some(Self::Pdf),
            Some("image/jpeg") => Some(Self::Jpeg),
            Some("image/png") => Some(Self::Png),
            Some("application/zip") => bytes.windows(7).any(|it| it == b"OFD.xml").then_some(Self::Ofd),
            _ => None,
        }
    }

    /// Whether a file that begins so may be of one of these kinds. What a ZIP holds is seen only when it is whole.
    pub(super) fn may_begin(bytes: &[u8]) -> bool {
        let kinds = ["application/pdf", "image/jpeg", "image/png", "application/zip"];
        infer::get(bytes).is_some_and(|it| kinds.contains(&it.mime_type()))
    }

    /// Whether it is a photograph or another picture.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }

    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Ofd => "ofd",
            Self::Pledge => "pledge",
        }
    }

    /// The media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Ofd => "application/ofd",
            Self::Pledge => "text/plain; charset=utf-8",
        }
    }

    /// The endings that a file of this kind may have; the first is the usual one.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::Ofd => &["ofd"],
            Self::Pledge => &["txt"],
        }
    }

    /// A name whose ending says what the file is: a machine opens it by that, whatever it was called when it came.
    #[must_use]
    pub fn named(self, name: &str) -> String {
        let ending = name.rsplit_once('.').map(|it| it.1.to_lowercase());
        match ending.is_some_and(|it| self.endings().contains(&it.as_str())) {
            true => name.to_owned(),
            false => format!("{name}.{}", self.endings()[0]),
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_is() {
        let ofd = [b"PK\x03\x04".as_slice(), &[0; 26], b"OFD.xml"].concat();
        let table: [(&[u8], Option<MaterialKind>); 6] = [
            (b"<script>alert(1)</script>", None),
            (b"MZ\x90\x00 a program", None),
            (&[b"PK\x03\x04".as_slice(), &[0; 26], b"word/document.xml"].concat(), None),
            (b"%PDF-1.7 ...", Some(MaterialKind::Pdf)),
            (b"\xff\xd8\xff\xe0....", Some(MaterialKind::Jpeg)),
            (&ofd, Some(MaterialKind::Ofd)),
        ];
        for (bytes, kind) in table {
            assert_eq!(MaterialKind::of(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_file_is_handed_out_under_an_ending_that_says_what_it_is() {
        let table = [
            (MaterialKind::Pdf, "户口簿.pdf", "户口簿.pdf"),
            (MaterialKind::Pdf, "户口簿.exe", "户口簿.exe.pdf"),
            (MaterialKind::Pdf, "户口簿", "户口簿.pdf"),
            (MaterialKind::Jpeg, "照片.JPEG", "照片.JPEG"),
            (MaterialKind::Jpeg, "照片.png", "照片.png.jpg"),
            (MaterialKind::Ofd, "证照.html", "证照.html.ofd"),
        ];
        for (kind, name, expected) in table {
            assert_eq!(kind.named(name), expected);
        }
    }
}
