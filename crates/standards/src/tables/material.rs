//! Tables of the materials an application asks for.

use super::code_table;

code_table! {
    /// Whether a material is needed.
    MaterialNecessity, "材料必要性" {
        /// Always.
        Required = "1" "必要",
        /// In some circumstances.
        Optional = "2" "非必要",
        /// It may follow after acceptance, not after issue.
        MayFollow = "3" "容缺后补",
    }
}

code_table! {
    /// In which form a material is handed in.
    MaterialForm, "材料形式" {
        /// On paper.
        Paper = "1" "纸质",
        /// As a file.
        Electronic = "2" "电子化",
        /// Either.
        PaperOrElectronic = "3" "纸质/电子化",
    }
}

code_table! {
    /// What kind of thing a material is.
    MaterialKind, "材料类型" {
        /// A licence, certificate or proof.
        Certificate = "1" "证件证书证明",
        /// An application form or document.
        Form = "2" "申请表格文书",
        /// Any other.
        Other = "3" "其他",
    }
}

code_table! {
    /// Original or copy. The table has no national codes; these are our own.
    MaterialCopy, "材料性质" {
        /// The original.
        Original = "1" "原件",
        /// A copy.
        Copy = "2" "复印件",
        /// Both.
        OriginalAndCopy = "3" "原件和复印件",
        /// Either.
        OriginalOrCopy = "4" "原件或复印件",
    }
}

code_table! {
    /// Where a material comes from. Platforms use these numbers; no text of a standard with them is known.
    MaterialSource, "来源渠道" {
        /// The applicant has or makes it.
        Applicant = "10" "申请人自备",
        /// A government department issued it.
        Government = "20" "政府部门核发",
        /// Any other.
        Other = "99" "其他",
    }
}
