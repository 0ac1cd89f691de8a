//! Number plates of vehicles (机动车号牌, GA 36—2018).

use crate::error::{CodeError, CodeErrorKind};
use crate::text::{normalise, require_length, text_code};

const SUBJECT: &str = "车牌号";

/// 省、自治区、直辖市 as plates abbreviate them.
const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
/// What stands last on a plate of a special use: 教练车, 警车, 挂车, 港澳入出境车, 领事馆.
const LAST: &str = "学警挂港澳领";
/// Letters by which the serial of a new energy vehicle begins (small) or ends (large).
const NEW_ENERGY: &str = "ABCDEFGHJK";

/// A plate of a vehicle of the mainland: abbreviation of the province, letter of the issuing office, and five characters, or six for a
/// new energy vehicle.
///
/// The forms are those that are seen on plates since GA 36—2018: serials without I and O; one of 学警挂港澳领 may stand last; a small new
/// energy vehicle has a letter first and four digits last, a large one five digits and a letter. How many letters a serial of an ordinary
/// plate may have differs by office and year, and is not judged. Temporary, diplomatic (使) and military plates are not of this form.
///
/// ```
/// let plate: standards::VehiclePlate = "皖s·1a234".parse()?;
/// assert_eq!(plate.as_str(), "皖S1A234");
/// assert!("皖SD12345".parse::<standards::VehiclePlate>()?.is_new_energy());
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VehiclePlate {
    text: String,
}

impl VehiclePlate {
    /// Reads a plate; dots and spaces between its parts go.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text: String = normalise(text).chars().filter(|it| !matches!(it, '·' | '•' | '.' | ' ' | '-')).collect();
        require_length(SUBJECT, &text, &[7, 8], "7 或 8")?;
        let all: Vec<char> = text.chars().collect();
        let place = |index, expected, right: bool| match right {
            true => Ok(()),
            false => Err(CodeError::at(SUBJECT, index, CodeErrorKind::Character { expected, found: all[index] })),
        };
        place(0, "省份简称，如「皖」", PROVINCES.contains(all[0]))?;
        place(1, "发牌机关的字母", all[1].is_ascii_uppercase() && all[1] != 'I')?;
        let serial = |it: char| it.is_ascii_digit() || it.is_ascii_uppercase() && !matches!(it, 'I' | 'O');
        let last = all.len() - 1;
        for (index, found) in all.iter().enumerate().skip(2) {
            let right = serial(*found) || index == last && all.len() == 7 && LAST.contains(*found);
            place(index, "数字或字母（不用 I、O）", right)?;
        }
        if all.len() == 8 {
            let digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
            let small = NEW_ENERGY.contains(all[2]) && digits(&all[4..]);
            let large = NEW_ENERGY.contains(all[7]) && digits(&all[2..7]);
            let expected = "新能源号牌：字母在首位的小型车，或字母在末位的大型车";
            let kind = CodeErrorKind::Value { part: "序号", expected, found: all[2..].iter().collect() };
            (small || large).then_some(()).ok_or_else(|| CodeError::at(SUBJECT, 2, kind))?;
        }
        Ok(Self { text })
    }

    /// Whether it is the plate of a new energy vehicle: eight characters.
    #[must_use]
    pub fn is_new_energy(&self) -> bool {
        self.text.chars().count() == 8
    }
}

text_code!(VehiclePlate);
