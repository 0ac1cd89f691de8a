//! Papers of an invented case of Bozhou, one of each kind, for the example and the tests.

use papers::{Block, DateStyle, Field, ListItem, Paper, SealMark, Signature, Verification};
use time::{Date, macros::date};

const AUTHORITY: &str = "亳州市市场监督管理局";
const WATERMARK: &str = "演示站点，不具法律效力";

/// All specimens with a short name each.
pub(crate) fn all() -> Vec<(&'static str, Paper)> {
    vec![
        ("correction", correction()),
        ("refusal", refusal()),
        ("receipt", receipt()),
        ("demo", Paper { watermark: Some(WATERMARK.to_owned()), ..correction() }),
        ("long", long()),
    ]
}

fn verification() -> Option<Verification> {
    Some(Verification {
        case_number: "11341600MB1234567X4000131015000202603020123".to_owned(),
        address: "https://zwfw.bozhou.example/verify（输入办件编号和文号，或者在任一政务服务窗口查询）".to_owned(),
    })
}

fn item(text: &str, notes: &[&str]) -> ListItem {
    ListItem { text: text.to_owned(), notes: notes.iter().map(|&note| note.to_owned()).collect() }
}

fn field(label: &str, value: &str) -> Field {
    Field { label: label.to_owned(), value: value.to_owned() }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(text.to_owned())
}

fn signature(date: Date, seal: SealMark) -> Option<Signature> {
    Some(Signature { authority: AUTHORITY.to_owned(), date, date_style: DateStyle::Digits, seal })
}

/// A correction notice with six items.
pub(crate) fn correction() -> Paper {
    Paper {
        authority: AUTHORITY.to_owned(),
        title: "申请材料补正告知书".to_owned(),
        number: Some("亳市监许补〔2026〕3号".to_owned()),
        addressee: Some("张三".to_owned()),
        blocks: vec![
            paragraph(
                "你于2026年3月2日提出的“食品经营许可（新办）”申请（办件编号：11341600MB1234567X4000131015000202603020123）收悉。经审查，申请材料不齐全、不符合法定形式。根据《中华人民共和国行政许可法》第三十二条第一款第四项的规定，现将需要补正的全部内容一次告知如下：",
            ),
            Block::List(vec![
                item(
                    "营业执照复印件",
                    &["所交影印件四角不全，请重新扫描原件，上传清晰完整的彩色图片，每件不超过10MB。"],
                ),
                item("食品经营许可申请书", &["第3页“主体业态”一栏未填写；第5页申请人未签名。"]),
                item(
                    "与食品经营相适应的主要设备设施布局图",
                    &["图中未标明“专间”的位置和面积（单位：㎡），请按1∶100的比例补画。"],
                ),
                item("食品安全管理人员的健康证明，须在有效期内；所交证明已于2026年1月31日到期，请提交新的证明", &[]),
                item("餐饮服务场所的使用证明（房屋产权证书或者租赁合同）", &["租赁合同缺少出租人签章页。"]),
                item("保证食品安全的规章制度目录", &["须含从业人员健康管理、进货查验记录、食品安全自查等制度。"]),
            ]),
            paragraph(
                "请在收到本告知书后，登录政务服务网或者到政务服务中心综合窗口补交上述材料。我局将自收到全部补正材料之日起五个工作日内决定是否受理。",
            ),
            paragraph("联系人：李四；电话：0558-5550123；地址：亳州市谯城区希夷大道1号市政务服务中心二楼A05窗口。"),
        ],
        signature: signature(date!(2026 - 03 - 02), SealMark::Word),
        notes: vec!["本告知书一式两份，一份送达申请人，一份存档".to_owned()],
        verification: verification(),
        watermark: None,
    }
}

/// A refusal with reasons and remedies.
pub(crate) fn refusal() -> Paper {
    Paper {
        authority: AUTHORITY.to_owned(),
        title: "不予行政许可决定书".to_owned(),
        number: Some("亳市监不许〔2026〕1号".to_owned()),
        addressee: Some("亳州市谯城区某某餐饮服务有限公司".to_owned()),
        blocks: vec![
            paragraph("你单位于2026年3月2日向本局提出的“食品经营许可（新办）”申请，本局已于2026年3月4日受理。经依法审查，现作出如下决定："),
            Block::Heading("一、事实和理由".to_owned()),
            paragraph("2026年3月10日，本局两名核查人员对你单位位于亳州市谯城区的经营场所进行了现场核查。核查发现：粗加工场所与烹饪场所未分开设置；专间未设独立的空气消毒设施，室内温度为31℃；餐用具清洗消毒水池与其他水池混用。上述情形经你单位现场负责人签字确认，并有照片12张为证。"),
            Block::Heading("二、法律依据".to_owned()),
            Block::Quote {
                source: "《中华人民共和国行政许可法》第三十八条".to_owned(),
                text: "申请人的申请符合法定条件、标准的，行政机关应当依法作出准予行政许可的书面决定。行政机关依法作出不予行政许可的书面决定的，应当说明理由，并告知申请人享有依法申请行政复议或者提起行政诉讼的权利。".to_owned(),
            },
            Block::Heading("三、决定".to_owned()),
            paragraph("你单位的申请不符合法定条件，本局决定不予行政许可。你单位可以在具备条件后重新提出申请，本次不予许可不影响再次申请。"),
            Block::Heading("四、救济途径".to_owned()),
            Block::Remedies(vec![
                "你单位如不服本决定，可以自收到本决定书之日起六十日内向亳州市人民政府申请行政复议，也可以自收到本决定书之日起六个月内直接向亳州市谯城区人民法院提起行政诉讼。".to_owned(),
            ]),
        ],
        signature: signature(date!(2026 - 03 - 16), SealMark::Blank),
        notes: Vec::new(),
        verification: verification(),
        watermark: None,
    }
}

/// An acceptance receipt with a table.
pub(crate) fn receipt() -> Paper {
    Paper {
        authority: AUTHORITY.to_owned(),
        title: "行政许可申请受理通知书".to_owned(),
        number: Some("亳市监许受〔2026〕128号".to_owned()),
        addressee: Some("张三".to_owned()),
        blocks: vec![
            paragraph(
                "你提出的行政许可申请，材料齐全、符合法定形式。根据《中华人民共和国行政许可法》第三十二条第一款第五项的规定，本局决定予以受理。",
            ),
            Block::Table(vec![
                field("办件编号", "11341600MB1234567X4000131015000202603020123"),
                field("事项名称", "食品经营许可（新办）"),
                field("实施编码", "11341600MB1234567X4000131015000"),
                field("申请人", "张三"),
                field("证件号码", "3416**********0011"),
                field("受理时间", "2026年3月4日 10:35"),
                field("承诺办结时间", "2026年3月17日（受理之日起9个工作日）"),
                field("法定办结时间", "2026年4月1日（受理之日起20个工作日）"),
                field(
                    "已收材料",
                    "1．食品经营许可申请书（1份）\n2．营业执照复印件（1份）\n3．主要设备设施布局图、操作流程等文件（1份）\n4．食品安全管理人员健康证明（2份）",
                ),
                field("收费", "不收费"),
                field("领取方式", "邮寄送达：安徽省亳州市谯城区希夷大道1号"),
            ]),
            paragraph("办理期间如需检验、检测、鉴定、专家评审，所需时间不计算在上述期限内，本局将另行书面告知。"),
        ],
        signature: signature(date!(2026 - 03 - 04), SealMark::Blank),
        notes: vec!["凭本通知书或者办件编号可以随时查询办理进度".to_owned()],
        verification: verification(),
        watermark: None,
    }
}

/// A paper of several pages with a table that runs on.
pub(crate) fn long() -> Paper {
    let mut paper = refusal();
    let reason = "经查，申请人提交的材料与核查情况不一致，本局已依法听取申请人的陈述和申辩，并制作笔录。".repeat(9);
    paper.blocks.insert(2, paragraph(&reason));
    let rows = (1..=16)
        .map(|row| field(&format!("核查项目{row}"), &"场所布局、设备设施与申请材料相符；".repeat(row % 4 + 1)))
        .collect();
    paper.blocks.insert(3, Block::Table(rows));
    paper.blocks.insert(
        4,
        Block::Table(vec![field("核查经过", &"核查人员出示执法证件，说明来意，逐项核查并拍照。".repeat(30))]),
    );
    paper
}
