//! How words sound: pinyin without tones, read from characters, and taken apart from letters.

use std::collections::HashSet;

use pinyin::ToPinyin;

/// Words of this ground in which a character is read otherwise than by itself, longest first.
const READINGS: [(&str, &[&str]); 22] = [
    ("重新", &["chong", "xin"]),
    ("银行", &["yin", "hang"]),
    ("行业", &["hang", "ye"]),
    ("会计", &["kuai", "ji"]),
    ("长期", &["chang", "qi"]),
    ("延长", &["yan", "chang"]),
    ("校长", &["xiao", "zhang"]),
    ("成长", &["cheng", "zhang"]),
    ("调解", &["tiao", "jie"]),
    ("空调", &["kong", "tiao"]),
    ("调档", &["diao", "dang"]),
    ("调查", &["diao", "cha"]),
    ("调运", &["diao", "yun"]),
    ("音乐", &["yin", "yue"]),
    ("种植", &["zhong", "zhi"]),
    ("种子", &["zhong", "zi"]),
    ("参加", &["can", "jia"]),
    ("重大", &["zhong", "da"]),
    ("还款", &["huan", "kuan"]),
    ("率", &["lv"]),
    ("行政", &["xing", "zheng"]),
    ("朝阳", &["chao", "yang"]),
];

/// The longest syllable, zhuang.
const SYLLABLE_MAX: usize = 6;

/// A syllable as a number: its letters, five bits each; so a name's sounds are compared without reading letters. 0: no sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syllable(u32);

impl Syllable {
    /// Of these letters; what is no syllable has no sound.
    pub(crate) fn of(letters: &str) -> Self {
        let packed = |letters: &str| letters.bytes().fold(0, |packed, it| packed << 5 | u32::from(it & 31));
        Self(if letters.len() <= SYLLABLE_MAX { packed(letters) } else { 0 })
    }

    fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// How a name sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sounds {
    syllables: Box<[Syllable]>,
    initials: Box<str>,
}

impl Sounds {
    /// Of this name.
    pub(crate) fn of(name: &str) -> Self {
        let letters: Vec<char> = name.chars().collect();
        let sounds = of(&letters);
        let syllables = sounds.iter().map(|it| Syllable::of(it.unwrap_or_default())).collect();
        Self { syllables, initials: firsts(&letters, &sounds).into() }
    }

    /// Whether somewhere in it one syllable follows the other.
    pub(crate) fn has(&self, a: Syllable, b: Syllable) -> bool {
        !a.is_none() && !b.is_none() && self.syllables.windows(2).any(|it| it == [a, b])
    }

    /// Whether somewhere in it syllables begin with these letters.
    pub(crate) fn begin(&self, letters: &str) -> bool {
        self.initials.contains(letters)
    }
}

/// The syllable of one character; `None`: it has none.
pub(crate) fn of_character(c: char) -> Option<&'static str> {
    c.to_pinyin().map(pinyin::Pinyin::plain).map(plain_u)
}

/// ü is typed as v.
fn plain_u(syllable: &'static str) -> &'static str {
    match syllable {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        other => other,
    }
}

/// The syllable of each character, in the words in which they stand.
pub(crate) fn of(text: &[char]) -> Vec<Option<&'static str>> {
    let mut out: Vec<_> = text.iter().map(|c| of_character(*c)).collect();
    for (word, syllables) in READINGS {
        for start in 0..text.len() {
            let here = &text[start..];
            if here.len() >= syllables.len() && word.chars().zip(here).all(|(c, it)| c == *it) {
                for (place, syllable) in out[start..].iter_mut().zip(syllables) {
                    *place = Some(syllable);
                }
            }
        }
    }
    out
}

/// The first letters of a text's syllables; letters and digits stand for themselves.
pub(crate) fn initials(text: &[char]) -> String {
    firsts(text, &of(text))
}

/// As [`initials`], of a text whose sounds are known.
pub(crate) fn firsts(text: &[char], sounds: &[Option<&'static str>]) -> String {
    let first = |(c, sound): (&char, &Option<&str>)| match sound {
        Some(sound) => sound.chars().next(),
        None => c.is_ascii_alphanumeric().then_some(*c),
    };
    text.iter().zip(sounds).filter_map(first).collect()
}

/// Every syllable there is.
#[derive(Debug, Clone)]
pub(crate) struct Syllables(HashSet<&'static str>);

impl Default for Syllables {
    fn default() -> Self {
        Self(('\u{4e00}'..='\u{9fa5}').filter_map(of_character).filter(|it| it.is_ascii()).collect())
    }
}

impl Syllables {
    /// Letters as syllables, the fewest that give them all; `None`: they are no pinyin. A last syllable that is still being
    /// typed is left out: `shenfenz` is shen fen.
    pub(crate) fn read<'a>(&self, letters: &'a str) -> Option<Vec<&'a str>> {
        let length = letters.len();
        let mut best: Vec<Option<(usize, usize)>> = vec![None; length + 1];
        best[0] = Some((0, 0));
        for end in 1..=length {
            for start in end.saturating_sub(SYLLABLE_MAX)..end {
                let Some((count, _)) = best[start] else { continue };
                let better = best[end].is_none_or(|it| count + 1 < it.0);
                if better && letters.get(start..end).is_some_and(|it| self.0.contains(it)) {
                    best[end] = Some((count + 1, start));
                }
            }
        }
        let mut end = (0..=length).rev().find(|it| best[*it].is_some())?;
        if length - end > 2 || end == 0 {
            return None;
        }
        let mut out = Vec::new();
        while end > 0 {
            let (_, start) = best[end]?;
            out.push(&letters[start..end]);
            end = start;
        }
        out.reverse();
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_as_syllables_or_not_at_all() {
        let syllables = Syllables::default();
        for (letters, read) in [
            ("", None),
            ("sfz", None),
            ("ktv", None),
            ("kaifandian", Some(vec!["kai", "fan", "dian"])),
            ("shenfenz", Some(vec!["shen", "fen"])),
            ("xian", Some(vec!["xian"])),
            ("zhuangxiu", Some(vec!["zhuang", "xiu"])),
        ] {
            assert_eq!(syllables.read(letters), read, "{letters}");
        }
    }

    #[test]
    fn a_name_has_the_sounds_that_follow_each_other_in_it() {
        let sounds = Sounds::of("会计k证");
        let table = [
            ("kuai", "ji", true),
            ("ji", "kuai", false),
            ("hui", "ji", false),
            ("ji", "zheng", false),
            ("", "", false),
            ("", "zheng", false),
            ("kuaikuai", "ji", false),
        ];
        for (a, b, has) in table {
            assert_eq!(sounds.has(Syllable::of(a), Syllable::of(b)), has, "{a} {b}");
        }
        assert!(sounds.begin("kjkz") && !sounds.begin("jz"));
    }

    #[test]
    fn characters_sound_as_in_their_words() {
        let sound = |text: &str| {
            let text: Vec<char> = text.chars().collect();
            of(&text).into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        for (text, sounds) in
            [("身份证", "shen fen zheng"), ("会计", "kuai ji"), ("重新发证", "chong xin fa zheng"), ("旅馆", "lv guan")]
        {
            assert_eq!(sound(text), sounds, "{text}");
        }
        let text: Vec<char> = "居民身份证".chars().collect();
        assert_eq!(initials(&text), "jmsfz");
    }
}
