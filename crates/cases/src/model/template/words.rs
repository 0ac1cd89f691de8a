//! The words of a block, read: plain words, placeholders, and what is left out where a placeholder has nothing to say.

/// A piece of a block's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Said as it stands.
    Words(String),
    /// `{申请人}`.
    Slot(String),
    /// `[…]`: said only if every placeholder in it has something to say.
    Perhaps(Vec<Piece>),
}

/// Characters of a placeholder's name at most; what is longer was never closed.
const NAME_MAX: usize = 20;

/// Reads the words of a block.
///
/// # Errors
/// What is wrong, in words for who writes it.
pub(super) fn read(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut inner: Option<Vec<Piece>> = None;
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if !matches!(c, '{' | '}' | '[' | ']') {
            plain.push(c);
            continue;
        }
        let into = inner.as_mut().unwrap_or(&mut pieces);
        if !plain.is_empty() {
            into.push(Piece::Words(std::mem::take(&mut plain)));
        }
        match c {
            '{' => into.push(Piece::Slot(name(&mut rest)?)),
            '[' if inner.is_none() => inner = Some(Vec::new()),
            ']' => pieces.push(Piece::Perhaps(closed(inner.take())?)),
            '[' => return Err("方括号里不能再有方括号，请把里面的一对去掉。".to_owned()),
            _ => return Err("有一个「}」前面没有「{」，请补上或者删去。".to_owned()),
        }
    }
    if inner.is_some() {
        return Err("有一个「[」没有「]」与它配对，请补上或者删去。".to_owned());
    }
    if !plain.is_empty() {
        pieces.push(Piece::Words(plain));
    }
    Ok(pieces)
}

/// The name up to the closing brace.
fn name(rest: &mut std::str::Chars<'_>) -> Result<String, String> {
    let mut name = String::new();
    for c in rest.by_ref() {
        match c {
            '}' if name.trim().is_empty() => return Err("「{}」里没有占位符的名称，请填写。".to_owned()),
            '}' => return Ok(name.trim().to_owned()),
            '{' | '[' | ']' | '\n' => break,
            _ => name.push(c),
        }
        if name.chars().count() > NAME_MAX {
            break;
        }
    }
    let start: String = name.chars().take(8).collect();
    Err(format!("「{{{start}」后面没有「}}」与它配对，请补上或者删去。"))
}

fn closed(inner: Option<Vec<Piece>>) -> Result<Vec<Piece>, String> {
    let inner = inner.ok_or("有一个「]」前面没有「[」，请补上或者删去。")?;
    if slots(&inner).next().is_none() {
        return Err("方括号里要有占位符：占位符没有内容时，方括号里的话整个不出现。".to_owned());
    }
    Ok(inner)
}

/// The names of all placeholders, those in `[…]` too.
pub(super) fn slots(pieces: &[Piece]) -> impl Iterator<Item = &str> {
    pieces.iter().flat_map(Piece::slots)
}

impl Piece {
    /// Brackets hold no brackets, so this is one level deep.
    fn slots(&self) -> Vec<&str> {
        match self {
            Self::Words(_) => Vec::new(),
            Self::Slot(name) => vec![name],
            Self::Perhaps(inner) => inner.iter().flat_map(Self::slots).collect(),
        }
    }
}

/// The names of those that are surely said where they have something to say: outside brackets, or alone in theirs.
pub(super) fn sure(pieces: &[Piece]) -> impl Iterator<Item = &str> {
    let surely = |it: &Piece| {
        let names = it.slots();
        matches!(it, Piece::Slot(_)) || names.iter().all(|name| Some(name) == names.first())
    };
    pieces.iter().filter(move |it| surely(it)).flat_map(Piece::slots)
}

/// A row of a table, 「名称：内容」: its name and its content.
pub(super) fn row(line: &str) -> Option<(&str, &str)> {
    let (name, content) = line.split_once(['：', ':'])?;
    Some((name.trim(), content.trim()))
}

/// The same words with braces and brackets as the program reads them, however they were typed, and without blank ends.
#[must_use]
pub(crate) fn normal(text: &str) -> String {
    let plain = |c: char| match c {
        '｛' => '{',
        '｝' => '}',
        '［' => '[',
        '］' => ']',
        other => other,
    };
    text.replace("\r\n", "\n").trim().chars().filter(|it| !it.is_control() || *it == '\n').map(plain).collect()
}
