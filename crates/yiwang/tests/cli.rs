//! Promises of the command line, through the program itself: every command explains itself in Chinese, and bad input is told on
//! standard error with exit code 2 and nothing done.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Every command of the program.
const COMMANDS: &[&str] = &[
    "demo",
    "init",
    "serve",
    "migrate",
    "import divisions",
    "import items",
    "import calendar",
    "export items",
    "search",
    "code check",
    "calendar due",
    "journal verify",
    "keys status",
    "keys rotate",
    "keys retire",
    "keys renew-signer",
    "keys backup",
    "person erase",
    "backup",
    "restore",
    "walk",
    "bench",
    "bench-fill",
    "bench-filled",
    "bench-morning",
];

/// Runs the program in a folder, with this on its standard input.
fn run(folder: &Path, line: &str, input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_yiwang"))
        .args(line.split_whitespace())
        .current_dir(folder)
        .env_remove("YIWANG_DATA")
        .env_remove("YIWANG_DATABASE")
        .env_remove("YIWANG_CONFIG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its command line reads nothing, and may be gone already.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

#[test]
fn every_command_explains_itself_in_chinese() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in COMMANDS {
        let told = run(folder.path(), &format!("{command} --help"), "");
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        assert_eq!(told.status.code(), Some(0), "{command}");
        assert!(text.contains("--data <DIR>") && text.contains("数据目录"), "{command}: {text}");
    }
    let whole = String::from_utf8_lossy(&run(folder.path(), "--help", "").stdout).into_owned();
    for command in COMMANDS {
        let first = command.split(' ').next().unwrap_or_default();
        assert!(whole.lines().any(|it| it.trim_start().starts_with(first)), "{first} in {whole}");
    }
    let listed = whole.lines().skip_while(|it| !it.contains("Commands")).skip(1).take_while(|it| !it.is_empty());
    for line in listed {
        let name = line.split_whitespace().next().unwrap_or_default();
        assert!(COMMANDS.iter().any(|it| it.split(' ').next() == Some(name)), "{name} is tried here too");
    }
}

#[test]
fn bad_input_is_told_with_value_and_reason_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::fs::write(path.join("no-list.csv"), "这不是清单\n").expect("a file");
    std::fs::write(path.join("wrong.toml"), "listen = 8080\n").expect("a file");
    let before = std::fs::read_dir(path).expect("the folder").count();
    // The command line, and words that must be told.
    let table: &[(&str, &[&str])] = &[
        ("fly", &["fly"]),
        ("serve --listen here", &["here", "--listen"]),
        ("serve --config gone.toml", &["gone.toml"]),
        ("serve --config wrong.toml", &["wrong.toml", "listen"]),
        ("serve --tls-cert a.pem", &["私钥"]),
        ("serve", &["data", "yiwang init"]),
        ("migrate --data nowhere", &["nowhere"]),
        ("import divisions gone.csv", &["gone.csv"]),
        ("import items no-list.csv --data nowhere", &["nowhere"]),
        ("import calendar gone.csv", &["gone.csv"]),
        ("export items out.xlsx --data nowhere", &["nowhere"]),
        ("search 结婚 --data nowhere", &["nowhere"]),
        ("code check colour", &["colour"]),
        ("journal verify --data nowhere", &["nowhere"]),
        ("keys status --data nowhere", &["nowhere"]),
        ("keys rotate --json --data nowhere", &["nowhere"]),
        ("keys retire --data nowhere", &["nowhere"]),
        ("keys renew-signer --data nowhere", &["nowhere"]),
        ("keys backup copy --data nowhere", &["nowhere"]),
        ("person erase me --yes --data nowhere", &["nowhere"]),
        ("backup there.tar --data nowhere", &["nowhere"]),
        ("restore gone.tar --keys gone --data fresh", &["gone"]),
        ("bench --clients many", &["many", "--clients"]),
    ];
    for (line, says) in table {
        let told = run(path, line, "");
        let (out, error) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert_eq!(told.status.code(), Some(2), "{line}: {error}{out}");
        assert!(error.starts_with("输入有误：") && says.iter().all(|it| error.contains(it)), "{line}: {error}");
        assert_eq!(out, "", "{line}: nothing but the fault is told");
        assert_eq!(std::fs::read_dir(path).expect("the folder").count(), before, "{line}: nothing is half done");
    }
}

#[test]
fn lines_of_codes_and_days_each_get_their_verdict_and_the_exit_code_is_0() {
    let folder = tempfile::tempdir().expect("a folder");
    let checked = run(folder.path(), "code check citizen", "34160219480312002X\n341602194803120026\n");
    let text = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert_eq!(checked.status.code(), Some(0));
    let lines: Vec<_> = text.lines().map(|it| it.split('\t').nth(1).unwrap_or_default()).collect();
    assert!(lines[0].starts_with("error: ") && lines[1] == "ok", "{text}");
    let due = run(folder.path(), "calendar due", "2026-03-02 5\n2040-03-02 5\nyesterday 5\n");
    let text = String::from_utf8_lossy(&due.stdout).into_owned();
    assert_eq!(due.status.code(), Some(0));
    let lines: Vec<_> = text.lines().map(|it| it.split('\t').nth(1).unwrap_or_default()).collect();
    assert_eq!(lines[0], "2026-03-09", "{text}");
    assert!(lines[1..].iter().all(|it| it.starts_with("error: ")), "{text}");
}
