//! Where an import of a file stands.

use super::codes::codes;

codes! {
    /// Where an import stands.
    JobState {
        /// Its columns are being chosen.
        Mapping = "mapping" "待核对列",
        /// A worker checks it.
        Checking = "checking" "检查中",
        /// It was checked: its result is there to be read.
        Checked = "checked" "检查完毕，待导入",
        /// A worker takes it in.
        Running = "running" "导入中",
        /// Somebody stopped it.
        Stopped = "stopped" "已停止",
        /// All of it was taken, but for what was refused.
        Done = "done" "已完成",
        /// It cannot go on; the reason stands with it.
        Failed = "failed" "不能继续",
    }
}

impl JobState {
    /// Whether a worker is at it.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Checking | Self::Running)
    }

    /// The tone of its tag on pages.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Mapping | Self::Checked => "warn",
            Self::Checking | Self::Running => "info",
            Self::Done => "good",
            Self::Stopped => "plain",
            Self::Failed => "bad",
        }
    }
}
