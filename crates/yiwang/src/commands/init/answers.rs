//! What `yiwang init` must know: from flags, from a file, and on a terminal from the person who sits there.

use std::{
    io::{BufRead, Write},
    path::Path,
};

use standards::{CreditCode, DivisionCode};

use crate::{cli::InitAnswers, outcome::Failed};

/// The hours of most service halls; whoever keeps others says so.
const HOURS: &str = "工作日 上午 9:00—12:00，下午 13:00—17:00（法定节假日除外）";
/// The government service hotline, the same everywhere.
const PHONE: &str = "12345";

/// All that is needed, checked.
#[derive(Debug)]
pub(super) struct Answers {
    /// The file of divisions.
    pub(super) divisions: Vec<u8>,
    pub(super) division: DivisionCode,
    pub(super) name: String,
    pub(super) authority: String,
    pub(super) authority_code: String,
    pub(super) authority_address: String,
    pub(super) authority_hours: String,
    pub(super) phone: String,
}

/// One thing that is asked.
struct Question {
    flag: &'static str,
    words: &'static str,
    /// Where it is kept.
    of: fn(&mut InitAnswers) -> &mut Option<String>,
    /// What is taken if nothing is said; reckoned from what is known by then.
    default: fn(&InitAnswers) -> Option<String>,
    /// What is wrong with it.
    check: fn(&str, &InitAnswers) -> Result<(), String>,
}

/// In the order in which a person is asked: later ones rest on earlier ones.
const QUESTIONS: [Question; 8] = [
    Question {
        flag: "--divisions",
        words: "行政区划表文件（CSV，表头为 code,name,level,parent）",
        of: |it| &mut it.divisions,
        default: |_| None,
        check: |text, _| file(text).map(drop),
    },
    Question {
        flag: "--division",
        words: "网站所在地的行政区划代码（12 位，如 341600000000）",
        of: |it| &mut it.division,
        default: |_| None,
        check: |text, known| {
            let code: DivisionCode = text.parse().map_err(|error| format!("行政区划代码：{error}"))?;
            let divisions = file(known.divisions.as_deref().unwrap_or_default())?;
            identity::check_divisions(&divisions, &code).map_err(|error| error.message())
        },
    },
    Question {
        flag: "--name",
        words: "网站名称",
        of: |it| &mut it.name,
        default: |it| place(it).map(|place| format!("{place}政务服务网")),
        check: |_, _| Ok(()),
    },
    Question {
        flag: "--authority",
        words: "首个实施主体的名称（多为主管本网站的部门）",
        of: |it| &mut it.authority,
        default: |_| None,
        check: |_, _| Ok(()),
    },
    Question {
        flag: "--authority-code",
        words: "它的统一社会信用代码（18 位）",
        of: |it| &mut it.authority_code,
        default: |_| None,
        check: |text, _| {
            CreditCode::parse(text).map(drop).map_err(|error| format!("统一社会信用代码：{}", error.message()))
        },
    },
    Question {
        flag: "--authority-address",
        words: "它的地址",
        of: |it| &mut it.authority_address,
        default: |_| None,
        check: |_, _| Ok(()),
    },
    Question {
        flag: "--authority-hours",
        words: "它的对外服务时间",
        of: |it| &mut it.authority_hours,
        default: |_| Some(HOURS.to_owned()),
        check: |_, _| Ok(()),
    },
    Question {
        flag: "--phone",
        words: "服务电话",
        of: |it| &mut it.phone,
        default: |_| Some(PHONE.to_owned()),
        check: |_, _| Ok(()),
    },
];

/// What flags and file say; flags go first.
///
/// # Errors
/// If the file cannot be read or says what nobody asked.
pub(super) fn given(flags: InitAnswers, path: Option<&Path>) -> Result<InitAnswers, Failed> {
    let mut known = match path {
        None => InitAnswers::default(),
        Some(path) => {
            let wrong = |why: String| Failed::input(format!("文件 {}：{why}", path.display()));
            let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("读不出来：{error}")))?;
            toml::from_str(&text).map_err(|error| wrong(error.to_string()))?
        }
    };
    let mut flags = flags;
    for question in &QUESTIONS {
        if let Some(text) = (question.of)(&mut flags).take() {
            *(question.of)(&mut known) = Some(text);
        }
    }
    Ok(known)
}

/// Asks for what is missing, if there is a terminal, and checks all of it.
///
/// # Errors
/// Without a terminal: names every missing value at once, or the first wrong one. On one: if it ends before all is answered.
pub(super) fn complete<R: BufRead, W: Write>(
    mut known: InitAnswers,
    mut terminal: Option<&mut (R, W)>,
) -> Result<Answers, Failed> {
    if terminal.is_none() {
        name_missing(&mut known)?;
    }
    for question in &QUESTIONS {
        let answer = match ((question.of)(&mut known).clone(), &mut terminal) {
            (Some(text), _) => checked(question, text.trim(), &known)?,
            (None, Some(terminal)) => ask(question, &known, terminal)?,
            (None, None) => (question.default)(&known).unwrap_or_default(),
        };
        *(question.of)(&mut known) = Some(answer);
    }
    let text = |it: Option<String>| it.unwrap_or_default();
    let division = text(known.division).parse().map_err(|error| Failed::input(format!("行政区划代码：{error}")))?;
    Ok(Answers {
        divisions: file(&text(known.divisions)).map_err(Failed::Input)?,
        division,
        name: text(known.name),
        authority: text(known.authority),
        authority_code: text(known.authority_code),
        authority_address: text(known.authority_address),
        authority_hours: text(known.authority_hours),
        phone: text(known.phone),
    })
}

/// Refuses if anything is missing that has no honest default, and names all of it.
fn name_missing(known: &mut InitAnswers) -> Result<(), Failed> {
    let may_miss = ["--name", "--authority-hours", "--phone"];
    let missing: Vec<String> = QUESTIONS
        .iter()
        .filter(|it| !may_miss.contains(&it.flag) && (it.of)(known).is_none())
        .map(|it| format!("{} {}", it.flag, it.words))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failed::input(format!(
        "建站还缺 {} 项：{}。请用这些选项给出，或写进一个 TOML 文件用 --answers-file 给出；在终端里直接运行 yiwang init 会逐项询问。",
        missing.len(),
        missing.join("；")
    )))
}

fn checked(question: &Question, text: &str, known: &InitAnswers) -> Result<String, Failed> {
    let wrong = |why: String| Failed::input(format!("{} {text}：{why}", question.flag));
    if text.is_empty() {
        return Err(wrong(format!("没有填写{}", question.words)));
    }
    (question.check)(text, known).map_err(wrong)?;
    Ok(text.to_owned())
}

/// Asks until there is a sound answer; an empty one takes the default.
fn ask<R: BufRead, W: Write>(
    question: &Question,
    known: &InitAnswers,
    (input, out): &mut (R, W),
) -> Result<String, Failed> {
    let default = (question.default)(known);
    loop {
        match &default {
            Some(default) => write!(out, "{}［回车：{default}］：", question.words)?,
            None => write!(out, "{}：", question.words)?,
        }
        out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Err(Failed::input("没有答完，什么也没有建。"));
        }
        let text = match (line.trim(), &default) {
            ("", Some(default)) => default,
            (text, _) => text,
        };
        match checked(question, text, known) {
            Ok(answer) => return Ok(answer),
            Err(Failed::Input(why)) => writeln!(out, "  {why}")?,
            Err(other) => return Err(other),
        }
    }
}

fn file(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("文件 {path} 读不出来：{error}"))
}

/// What the place is called in the file of divisions.
fn place(known: &InitAnswers) -> Option<String> {
    let text = std::fs::read_to_string(known.divisions.as_deref()?).ok()?;
    let code = known.division.as_deref()?;
    let row = text.lines().find(|it| it.trim_start_matches('"').starts_with(code))?;
    row.split(',').nth(1).map(|it| it.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIVISIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/divisions.csv");

    /// Answers as they are typed, and what was shown.
    fn typed(known: InitAnswers, lines: &str) -> (Result<Answers, Failed>, String) {
        let mut terminal = (lines.as_bytes(), Vec::new());
        let answers = complete(known, Some(&mut terminal));
        (answers, String::from_utf8(terminal.1).unwrap())
    }

    fn told(result: Result<Answers, Failed>) -> String {
        let Err(Failed::Input(text)) = result else { panic!("refused as input") };
        text
    }

    #[test]
    fn without_a_terminal_everything_missing_is_named_at_once() {
        let none: Option<&mut (&[u8], Vec<u8>)> = None;
        let known = InitAnswers { phone: Some("0558-12345".to_owned()), ..InitAnswers::default() };
        let text = told(complete(known, none));
        for flag in ["--divisions", "--division ", "--authority ", "--authority-code", "--authority-address", "5 项"] {
            assert!(text.contains(flag), "{flag}: {text}");
        }
        assert!(!text.contains("--phone") && !text.contains("--authority-hours"), "{text}");
    }

    #[test]
    fn a_person_is_asked_again_where_an_answer_is_wrong_and_offered_honest_defaults() {
        let lines = format!(
            "/nowhere.csv\n{DIVISIONS}\n34160X000000\n341600000000\n\n\n亳州市数据资源管理局\n11341600000000019A\n\
             11341600000000019Q\n谯城区演示大道1号\n\n\n"
        );
        let (answers, shown) = typed(InitAnswers::default(), &lines);
        let answers = answers.unwrap();
        assert_eq!(answers.name, "亳州市政务服务网");
        assert_eq!((answers.authority_hours.as_str(), answers.phone.as_str()), (HOURS, PHONE));
        for words in
            ["/nowhere.csv 读不出来", "第 6 位", "第 18 位", "没有填写首个实施主体", "［回车：亳州市政务服务网］"]
        {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    }

    #[test]
    fn whoever_leaves_half_way_has_made_nothing() {
        let (answers, _) = typed(InitAnswers::default(), DIVISIONS);
        assert!(told(answers).contains("什么也没有建"));
    }

    #[test]
    fn flags_go_before_the_file_and_a_mistyped_word_in_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("init.toml");
        std::fs::write(&path, "name = '甲网'\nphone = '0558-1'\n").unwrap();
        let flags = InitAnswers { name: Some("乙网".to_owned()), ..InitAnswers::default() };
        let known = given(flags, Some(&path)).unwrap();
        assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("乙网"), Some("0558-1")));
        std::fs::write(&path, "nmae = '甲网'\n").unwrap();
        let Err(Failed::Input(text)) = given(InitAnswers::default(), Some(&path)) else { panic!("refused") };
        assert!(text.contains("nmae"), "{text}");
    }
}
