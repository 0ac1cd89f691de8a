//! A QR code as SVG, so that what stands on paper or on one screen opens on one's own telephone.

use std::fmt::Write;

use askama::filters::Escaper;
use kernel::{Error, Result};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// The code of a text (an address of at most some two thousand characters), black on white whatever the page's colours; `label` says what
/// it is for to those who cannot see it.
///
/// # Errors
/// If the text is longer than any code.
pub fn qr_svg(text: &str, label: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)?;
    let (width, colours) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colours.chunks(width).enumerate() {
        for (x, _) in row.iter().enumerate().filter(|it| *it.1 == Color::Dark) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let size = width + 2 * QUIET;
    let mut said = String::new();
    askama::filters::Html.write_escaped_str(&mut said, label).map_err(Error::internal)?;
    Ok(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{said}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_has_its_quiet_zone_and_its_label_is_text() {
        let svg = super::qr_svg("https://example.org/items/0123456789abcdef0123456789abcdef", "扫<码>").unwrap();
        assert!(svg.contains("aria-label=\"扫&#60;码&#62;\""), "{}", &svg[..160]);
        // The corner of the first finder pattern stands just inside the quiet zone.
        assert!(svg.contains("M4 4h1v1h-1z") && !svg.contains("M3 "));
        assert!(super::qr_svg(&"x".repeat(5_000), "").is_err());
    }
}
