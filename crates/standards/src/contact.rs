//! Ways to reach somebody: postcode (邮政编码), landline (固定电话), mail address (电子邮箱).

use crate::error::{CodeError, CodeErrorKind};
use crate::text::{Class, normalise, require_classes, require_length, text_code};

const POSTCODE: &str = "邮政编码";
const LANDLINE: &str = "固定电话";
const EMAIL: &str = "电子邮箱";
/// RFC 5321, 4.5.3.1: a local part of 64, a path of 254 characters.
const LOCAL_MAX: usize = 64;
const EMAIL_MAX: usize = 254;

/// A postcode: six digits, the first two of a province's post (01 to 86). Which places it serves is not judged.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Postcode {
    text: String,
}

/// A landline: area code of three or four digits that begins with 0, seven or eight digits that begin with 2 to 9, and an extension of up
/// to six; or a number of a service line (400, 800 and seven digits). After the numbering plan (电信网编号计划, 工信部 2017); that the area
/// exists is not judged. Kept as 0558-5550101 and 0558-5550101-8.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Landline {
    text: String,
}

/// A mail address as people have them: letters, digits and `._%+-` before the @, a name with a dot after it, no quotes, no comments. Stricter
/// than RFC 5322, which allows what no clerk has ever seen. The name after the @ is kept in lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email {
    text: String,
}

impl Postcode {
    /// Reads a postcode.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(POSTCODE, &text, &[6], "6")?;
        require_classes(POSTCODE, &text, |_| Class::Digit)?;
        if ("01"..="86").contains(&&text[..2]) {
            return Ok(Self { text });
        }
        let found = text[..2].to_owned();
        Err(CodeError::at(POSTCODE, 0, CodeErrorKind::Value { part: "前两位", expected: "01 至 86", found }))
    }
}

impl Landline {
    /// Reads a number; brackets and spaces go. Without hyphens the area code is told by the plan: 010 and 02x have three digits.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text).replace([')', '(', ' '], "-");
        let parts: Vec<&str> = text.split('-').filter(|it| !it.is_empty()).collect();
        let all: String = parts.concat();
        if all.is_empty() {
            return Err(CodeError::new(LANDLINE, CodeErrorKind::Empty));
        }
        if let Some((index, found)) = all.char_indices().find(|it| !it.1.is_ascii_digit()) {
            return Err(CodeError::at(LANDLINE, index, CodeErrorKind::Character { expected: "数字", found }));
        }
        let wrong = || {
            let expected = "区号加 7 至 8 位号码，如 0558-5550101";
            CodeError::new(LANDLINE, CodeErrorKind::Value { part: "号码", expected, found: all.clone() })
        };
        if all.len() == 10 && (all.starts_with("400") || all.starts_with("800")) {
            return Ok(Self { text: format!("{}-{}-{}", &all[..3], &all[3..6], &all[6..]) });
        }
        let area = if all.starts_with("010") || all.starts_with("02") { 3 } else { 4 };
        if !all.starts_with('0') || all.len() < area + 7 || parts[0].len() != area && parts.len() > 1 {
            return Err(wrong());
        }
        let own = if parts.len() > 1 { parts[1] } else { &all[area..] };
        let extension = parts.get(2).copied().unwrap_or_default();
        let right = matches!(own.len(), 7 | 8) && !own.starts_with(['0', '1']);
        if !right || parts.len() > 3 || extension.len() > 6 {
            return Err(wrong());
        }
        let extension = if extension.is_empty() { String::new() } else { format!("-{extension}") };
        Ok(Self { text: format!("{}-{own}{extension}", &all[..area]) })
    }
}

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        // Codes are upper case; the part before the @ is whatever its owner says.
        let half = |it: char| match it {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(it) - 0xFEE0).unwrap_or(it),
            '。' => '.',
            it => it,
        };
        let text: String = text.trim().chars().map(half).collect();
        if text.is_empty() {
            return Err(CodeError::new(EMAIL, CodeErrorKind::Empty));
        }
        let wrong = |expected| {
            let found = text.chars().take(40).collect();
            CodeError::new(EMAIL, CodeErrorKind::Value { part: "写法", expected, found })
        };
        let (local, domain) = text.split_once('@').ok_or_else(|| wrong("如 name@example.cn 这样，中间有一个 @"))?;
        let domain = domain.to_ascii_lowercase();
        let plain = |it: char| it.is_ascii_alphanumeric() || "._%+-".contains(it);
        let local_right = !local.is_empty()
            && local.len() <= LOCAL_MAX
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        if !local_right {
            return Err(wrong("字母、数字和 . _ - + 组成的名称，再写 @"));
        }
        let label = |it: &str| {
            !it.is_empty()
                && it.len() <= 63
                && !it.starts_with('-')
                && !it.ends_with('-')
                && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
        };
        let labels: Vec<&str> = domain.split('.').collect();
        let top = labels.last().is_some_and(|it| it.len() >= 2 && !it.chars().all(|it| it.is_ascii_digit()));
        if labels.len() < 2 || !top || !labels.iter().all(|it| label(it)) || text.len() > EMAIL_MAX {
            return Err(wrong("@ 后面是邮箱服务商的域名，如 example.cn"));
        }
        Ok(Self { text: format!("{local}@{domain}") })
    }
}

text_code!(Postcode);
text_code!(Landline);
text_code!(Email);
