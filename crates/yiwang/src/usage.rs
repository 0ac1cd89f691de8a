//! What is wrong with a command line, in Chinese: the value, where it stands, why it cannot be, and what to do.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What a value must look like, by the name under which help shows it.
const SHAPES: &[(&str, &str)] = &[
    ("<ADDRESS>", "应为「地址:端口」，如 127.0.0.1:8080"),
    ("<NETWORK>", "应为 IP 网段，如 10.0.0.0/8 或 127.0.0.1/32"),
];

/// One sentence for the operator; `None` for what is no mistake: help and version.
pub(crate) fn words(error: &clap::Error) -> Option<String> {
    let arg = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    let said = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::MissingSubcommand => return None,
        ErrorKind::UnknownArgument => format!("没有参数「{arg}」"),
        ErrorKind::InvalidSubcommand => format!("没有命令「{}」", text(error, ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少 {arg}"),
        ErrorKind::ArgumentConflict if text(error, ContextKind::PriorArg) == arg => format!("参数 {arg} 只能写一次"),
        ErrorKind::ArgumentConflict => format!("{arg} 与 {} 不能一起用", text(error, ContextKind::PriorArg)),
        ErrorKind::InvalidValue if value.is_empty() => format!("参数 {arg} 后面要写一个值"),
        ErrorKind::InvalidValue => {
            format!("参数 {arg} 的值「{value}」不能用，可用的值是：{}", text(error, ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => {
            let shape = SHAPES.iter().find(|it| arg.contains(it.0)).map_or("应为不小于 0 的整数", |it| it.1);
            format!("参数 {arg} 的值「{value}」写法不对，{shape}")
        }
        _ => format!("参数 {arg}「{value}」不能这样写"),
    };
    Some(format!("{said}。用法见 yiwang --help，或在命令后加 --help。"))
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(it)) => it.clone(),
        Some(ContextValue::Strings(them)) => them.join("、"),
        Some(ContextValue::Number(it)) => it.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn a_wrong_command_line_is_told_in_one_chinese_sentence_with_value_place_and_reason() {
        let table: &[(&str, &[&str])] = &[
            ("fly", &["没有命令「fly」"]),
            ("serve --colour red", &["没有参数「--colour」"]),
            ("serve --listen here", &["--listen <ADDRESS>", "「here」", "127.0.0.1:8080"]),
            ("serve --trusted-proxy 10.0.0", &["--trusted-proxy <NETWORK>", "「10.0.0」", "网段"]),
            ("serve --log-format loud", &["--log-format", "「loud」", "text、json"]),
            ("serve --listen", &["--listen <ADDRESS>", "后面要写一个值"]),
            ("bench --seconds -1", &["「-1」"]),
            ("bench --clients many", &["--clients <CLIENTS>", "「many」", "不小于 0 的整数"]),
            ("import items", &["缺少", "<FILE>"]),
            ("restore a.tar", &["缺少", "--keys"]),
            ("keys turn", &["没有命令「turn」"]),
        ];
        for (line, says) in table {
            let args = std::iter::once("yiwang").chain(line.split(' '));
            let error = Cli::try_parse_from(args).expect_err(line);
            let words = words(&error).unwrap_or_default();
            assert!(says.iter().all(|it| words.contains(it)) && words.contains("--help"), "{line}: {words}");
            assert_eq!(error.exit_code(), 2, "{line}");
        }
        for line in ["--help", "--version", "keys"] {
            assert_eq!(words(&Cli::try_parse_from(["yiwang", line]).expect_err(line)), None, "{line}");
        }
    }
}
