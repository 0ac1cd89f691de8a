//! The command line. Help is in Chinese: operators read it.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// 一网：政务服务一张网。一条命令即可运行的网上办事大厅。
#[derive(Debug, Parser)]
#[command(name = "yiwang", version, about, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where a site lies.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// 数据目录：数据库、文件、密钥都在其中（默认 ./data）
    #[arg(long, global = true, env = "YIWANG_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL 地址 postgres://…；不填则用数据目录里的嵌入式数据库
    #[arg(long, global = true, env = "YIWANG_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// 设置文件（TOML）；命令行和环境变量优先于它（默认 数据目录/yiwang.toml）
    #[arg(long, global = true, env = "YIWANG_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// How a site is served.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Listen {
    /// 监听地址（默认 127.0.0.1:8080）
    #[arg(long, env = "YIWANG_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// 对外网址，如 https://zwfw.example.gov.cn；https 时登录凭据只走加密通道
    #[arg(long, env = "YIWANG_ADDRESS", value_name = "URL")]
    pub(crate) address: Option<String>,
    /// TLS 证书链（PEM）
    #[arg(long, env = "YIWANG_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// TLS 私钥（PEM）
    #[arg(long, env = "YIWANG_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// 允许以明文（http）在本机以外的地址上服务：只在前面已有 https 代理、别人连不到这个地址时使用
    #[arg(long, env = "YIWANG_PLAIN_HTTP")]
    pub(crate) plain_http: bool,
    /// 信任的反向代理地址或网段，可多次；只采信它们转来的 X-Forwarded-For
    #[arg(long, env = "YIWANG_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<ipnet::IpNet>,
    /// 可读取 /metrics 的地址或网段，可多次（默认仅本机）
    #[arg(long, env = "YIWANG_METRICS_FROM", value_name = "NETWORK", value_delimiter = ',')]
    pub(crate) metrics_from: Vec<ipnet::IpNet>,
    /// 每次提交后停顿的毫秒数，仅供性能测量模拟慢盘
    #[arg(long, default_value_t = 0, hide = true)]
    pub(crate) pause_after_commit_ms: u64,
    /// 日志格式
    #[arg(long, env = "YIWANG_LOG_FORMAT", value_enum)]
    pub(crate) log_format: Option<LogFormat>,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// 逐行文本
    Text,
    /// 逐行 JSON
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 演示：装入亳州的事项、人员和办件，启动网站
    Demo(DemoArgs),
    /// 建站：生成密钥、设定地区和机构、给出首位管理员的一次性代码
    Init(InitArgs),
    /// 启动网站
    Serve(Listen),
    /// 更新数据库结构到本程序的版本
    Migrate,
    /// 导入行政区划、事项清单或放假安排
    #[command(subcommand)]
    Import(ImportCommand),
    /// 导出
    #[command(subcommand)]
    Export(ExportCommand),
    /// 搜索事项：用平常的话，最相关的在前；不需要网站在运行
    Search(SearchArgs),
    /// 校验国家编码
    #[command(subcommand)]
    Code(CodeCommand),
    /// 工作日计算
    #[command(subcommand)]
    Calendar(CalendarCommand),
    /// 全程留痕记录
    #[command(subcommand)]
    Journal(JournalCommand),
    /// 密钥：查看、更换、备份；网站运行时也可以
    #[command(subcommand)]
    Keys(KeysCommand),
    /// 个人信息
    #[command(subcommand)]
    Person(PersonCommand),
    /// 热备份到一个文件（不含密钥）
    Backup(BackupArgs),
    /// 从备份文件恢复到一个空的数据目录，并核验全部记录
    Restore(RestoreArgs),
    /// 走一遍：用公开接口办完一件事，打印办件轨迹
    Walk(WalkArgs),
    /// 性能测量
    Bench(BenchArgs),
    /// 性能测量的准备：在一个空目录（或空数据库）里造一个有大量办件的演示网站；可以随时停下，再运行时接着造
    BenchFill {
        /// 一共多少件
        #[arg(long, value_name = "N", default_value_t = 1_000_000)]
        cases: u64,
    },
    /// 性能测量：有大量办件的网站（先用 bench-fill 造好），工作台、我的办件、提交和各步办理要多久
    BenchFilled(FilledArgs),
    /// 性能测量：早上九点。很多人陆续登录，各自隔一会儿打开一页（先用 bench-fill 造好网站）
    BenchMorning(MorningArgs),
    /// 性能测量的对照：只发送一个目录中各文件的内容
    #[command(hide = true)]
    BenchBare {
        /// 目录
        folder: PathBuf,
        /// 监听地址
        #[arg(long)]
        listen: SocketAddr,
    },
}

#[derive(Debug, Args)]
pub(crate) struct MorningArgs {
    /// 一共多少人，其中二十分之一是工作人员
    #[arg(long, default_value_t = 11_000)]
    pub(crate) people: u64,
    /// 多少秒内陆续登录
    #[arg(long, default_value_t = 900)]
    pub(crate) ramp: u64,
    /// 都登录以后再测多少秒
    #[arg(long, default_value_t = 120)]
    pub(crate) hold: u64,
    /// 每人平均多少秒打开一页
    #[arg(long, default_value_t = 30)]
    pub(crate) pace: u64,
}

#[derive(Debug, Args)]
pub(crate) struct FilledArgs {
    /// 每项测量的秒数
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// 只装入数据，不启动网站
    #[arg(long)]
    pub(crate) load_only: bool,
    /// 让演示网站的日期比今天晚几天，看期限、提醒和自动办理；只对演示网站有效。推后了就不要再往回调
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=3650))]
    pub(crate) days_ahead: u16,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    pub(crate) answers: InitAnswers,
    /// 把各项写在文件里（TOML：division = "341600000000" 等，减号写作下划线）；命令行优先于它
    #[arg(long, value_name = "FILE")]
    pub(crate) answers_file: Option<PathBuf>,
    /// 以 JSON 输出；不询问
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a new site must know. What is missing is asked on a terminal.
#[derive(Debug, Clone, Default, Args, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct InitAnswers {
    /// 行政区划表（CSV：code,name,level,parent）
    #[arg(long, value_name = "FILE")]
    pub(crate) divisions: Option<String>,
    /// 所在行政区划代码（12 位），如 341600000000
    #[arg(long, value_name = "CODE")]
    pub(crate) division: Option<String>,
    /// 网站名称（默认 地名加“政务服务网”）
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// 首个实施主体的名称，如 亳州市数据资源管理局
    #[arg(long, value_name = "NAME")]
    pub(crate) authority: Option<String>,
    /// 首个实施主体的统一社会信用代码
    #[arg(long, value_name = "USCC")]
    pub(crate) authority_code: Option<String>,
    /// 首个实施主体的地址
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) authority_address: Option<String>,
    /// 首个实施主体的对外服务时间（默认 工作日 上午 9:00—12:00，下午 13:00—17:00）
    #[arg(long, value_name = "HOURS")]
    pub(crate) authority_hours: Option<String>,
    /// 服务电话（默认 12345）
    #[arg(long, value_name = "PHONE")]
    pub(crate) phone: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// 行政区划（CSV：code,name,level,parent）
    Divisions(ImportArgs),
    /// 事项清单：已公布的清单（CSV：department,department_code,item_name,main_item,item_type,division,local_code），或者国家数据交换表
    /// up_task_*、部门自己的表格（XLSX、CSV、CSV 打包的 ZIP）；只形成草稿，不发布
    Items(ImportItemsArgs),
    /// 人员岗位名单（XLSX、CSV；模板在「人员岗位」页面下载）：登记人员、开通账号、授予岗位
    Officers(ImportOfficersArgs),
    /// 国务院办公厅放假安排（CSV：date,kind,name）；装入后重算全部在办时限
    Calendar(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// 要导入的文件
    pub(crate) file: PathBuf,
    /// 以 JSON 输出
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportOfficersArgs {
    #[command(flatten)]
    pub(crate) import: ImportArgs,
    /// 只检查，不写入
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportItemsArgs {
    #[command(flatten)]
    pub(crate) import: ImportArgs,
    /// 只检查，不写入
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// 没有写明实施主体的行归谁：名称、统一社会信用代码或者标识
    #[arg(long, value_name = "实施主体")]
    pub(crate) authority: Option<String>,
    /// 空单元格清空原内容；不加则保持原内容
    #[arg(long)]
    pub(crate) blank_clears: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// 事项，按国家数据交换表：文件名以 .xlsx 结尾的是工作簿，以 .zip 结尾的是 CSV 打包；网站运行时也可以
    Items(ExportItemsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExportItemsArgs {
    /// 写到哪个文件
    pub(crate) file: PathBuf,
    /// 只导出这个实施主体的：名称、统一社会信用代码或者标识
    #[arg(long, value_name = "实施主体")]
    pub(crate) authority: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// 要办什么事，如 开饭店；可以带地名，如 谯城 开饭店
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    /// 最多几条，不超过 50
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// 以 JSON 输出
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CodeCommand {
    /// 逐行读标准输入，逐行输出“原文<TAB>ok”或“原文<TAB>error: 原因”
    Check {
        /// 编码种类：citizen uscc item case certificate project division
        kind: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CalendarCommand {
    /// 逐行读标准输入“日期 工作日数 [起..止 …]”，输出“原文<TAB>截止日”或“原文<TAB>error: 原因”
    Due,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// 核验全部记录：逐条校验、逐链核对、验签、重放，指出第一处改动
    Verify {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// 现用哪一批主密钥、各批之下有多少数据密钥、签名密钥的指纹
    Status {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    /// 更换主密钥：启用新的包裹密钥，把全部数据密钥改到它之下；中断后再运行会接着做
    Rotate {
        /// 只备好新密钥而不启用：多节点时先让每个节点都有它
        #[arg(long)]
        prepare: bool,
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    /// 去掉已不再使用的旧包裹密钥
    Retire {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    /// 更换签名密钥：此前的公钥保留，旧签名照常可验
    RenewSigner {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    /// 提前更换令牌签名密钥（各系统用它验证登录）：下一把现在公布，一天后开始使用；嵌入式数据库须先停站，或在「接入系统」页面更换
    RenewTokens {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    /// 把全部密钥复制到另一处并核对；那里已有的，核对是否与现用的一致
    Backup {
        /// 存放密钥的目录，须在数据目录之外
        to: PathBuf,
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// 依法删除一个人的个人信息：销毁其数据密钥、注销账号、删去草稿；有在办办件的不能删除
    Erase(EraseArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// 人员标识（32 位）；写 - 则从标准输入读公民身份号码，号码不留在命令历史里
    pub(crate) person: String,
    /// 不再询问，直接删除
    #[arg(long)]
    pub(crate) yes: bool,
    /// 以 JSON 输出
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// 备份文件
    pub(crate) file: PathBuf,
    /// 以 JSON 输出
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// 备份文件
    pub(crate) file: PathBuf,
    /// 密钥目录（备份不含密钥，须另行保管）
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: PathBuf,
    /// 以 JSON 输出
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WalkArgs {
    /// 以 JSON 输出
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// 每项测量的秒数
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// 并发客户端数
    #[arg(long, default_value_t = 64)]
    pub(crate) clients: usize,
    /// 每次提交后停顿的毫秒数（模拟慢盘）
    #[arg(long, default_value_t = 0)]
    pub(crate) pause_ms: u64,
    /// 以 JSON 输出
    #[arg(long)]
    pub(crate) json: bool,
}
