//! Lists written out in the background: where one stands, and in which form.

/// Where an export stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportState {
    /// A worker walks over the list.
    Writing,
    /// All rows are there; the file is put together.
    Packing,
    /// The file is there.
    Done,
    /// Whoever asked for it stopped it.
    Stopped,
    /// It cannot go on; the reason stands with it.
    Failed,
}

impl ExportState {
    /// Every state.
    pub(crate) const ALL: [Self; 5] = [Self::Writing, Self::Packing, Self::Done, Self::Stopped, Self::Failed];

    /// As stored.
    #[must_use]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::Packing => "packing",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// In words.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Writing => "正在读取",
            Self::Packing => "正在生成文件",
            Self::Done => "可以下载",
            Self::Stopped => "已停止",
            Self::Failed => "没有完成",
        }
    }

    /// The tone of its tag on pages.
    #[must_use]
    pub(crate) const fn tone(self) -> &'static str {
        match self {
            Self::Writing | Self::Packing => "info",
            Self::Done => "good",
            Self::Stopped => "plain",
            Self::Failed => "bad",
        }
    }

    /// The state of a code.
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether a worker is at it.
    #[must_use]
    pub(crate) const fn is_working(self) -> bool {
        matches!(self, Self::Writing | Self::Packing)
    }
}
