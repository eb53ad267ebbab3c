"""Every setting there is. The README's tables and `.env.example` are written from this one."""

from dataclasses import dataclass

from bluelog.settings import readers
from bluelog.settings.readers import Reader

CONFIGURATIONS = ("development", "testing", "production")
LANGUAGES = ("en", "zh-Hans")
SECRET_KEY_PLACEHOLDER = "replace-me-with-the-output-of-flask-secret"  # noqa: S105  (it is refused)


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; a default that depends on others is None here and said in words."""

    name: str
    read: Reader
    default: object
    en: str
    zh: str
    default_en: str = ""
    default_zh: str = ""
    key: str = ""  # its name in app.config, where that is another
    is_secret: bool = False  # in no archive, and blotted out of what is told

    @property
    def config_key(self) -> str:
        return self.key or self.name

    def default_in(self, language: str) -> str:
        """The default as the documents show it; empty where there is none."""
        words = self.default_zh if language == "zh-Hans" else self.default_en
        return words or ("" if self.default in {None, ()} else str(self.default))


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "FLASK_CONFIG",
        readers.choice(*CONFIGURATIONS),
        "development",
        "Which configuration to use; set production in a server's .env.",
        "使用哪一套配置；在服务器的 .env 中设为 production。",
    ),
    Setting(
        "SECRET_KEY",
        readers.verbatim,
        None,
        "Signs sessions and links. At least 16 characters, better 32; `flask secret` prints one.",
        "用于签名会话和链接。至少 16 个字符，最好 32 个；可用 `flask secret` 生成。",
        "required in production; else made and kept in the data folder",
        "生产环境必填；否则自动生成并保存在数据目录中",
        is_secret=True,
    ),
    Setting(
        "BLUELOG_URL",
        readers.site_url,
        None,
        "The blog's public address, such as https://blog.example.com, without a path.",
        "博客的公开地址，例如 https://blog.example.com，不含路径。",
        "required in production",
        "生产环境必填",
    ),
    Setting(
        "DATABASE_URL",
        readers.database_url,
        None,
        "The database: sqlite:///file or postgresql://user:password@host/name.",
        "数据库：sqlite:///文件 或 postgresql://用户:密码@主机/库名。",
        "bluelog.db in the data folder; data-dev.db in development",
        "数据目录中的 bluelog.db；开发环境为 data-dev.db",
        key="SQLALCHEMY_DATABASE_URI",
    ),
    Setting(
        "REDIS_URL",
        readers.redis_url,
        None,
        "A Redis server that wakes the worker and counts attempts, in place of the database.",
        "Redis 服务器地址，代替数据库来唤醒后台进程并统计尝试次数。",
    ),
    Setting(
        "BLUELOG_DATA_DIR",
        readers.path,
        None,
        "The folder of databases, queue, uploads and backups.",
        "存放数据库、队列、上传文件和备份的目录。",
        "data",
        "data",
    ),
    Setting(
        "BLUELOG_UPLOAD_PATH",
        readers.path,
        None,
        "The folder of uploaded pictures.",
        "存放上传图片的目录。",
        "uploads in the data folder",
        "数据目录中的 uploads",
    ),
    Setting(
        "S3_BUCKET",
        readers.bucket,
        None,
        "A bucket on an S3-compatible server that keeps uploaded pictures, in place of the folder.",
        "存放上传图片的 S3 兼容存储桶，代替本地目录。",
    ),
    Setting(
        "S3_ENDPOINT_URL",
        readers.endpoint_url,
        None,
        "The address of that server, such as https://s3.example.com.",
        "该存储服务的地址，例如 https://s3.example.com。",
        "Amazon S3 in S3_REGION",
        "S3_REGION 区域的 Amazon S3",
    ),
    Setting(
        "S3_ACCESS_KEY_ID",
        readers.words,
        None,
        "The key that may list the bucket, and read, write and delete in it.",
        "访问密钥 ID，须有列出存储桶以及读取、写入和删除对象的权限。",
        "required with S3_BUCKET",
        "设置了 S3_BUCKET 时必填",
    ),
    Setting(
        "S3_SECRET_ACCESS_KEY",
        readers.words,
        None,
        "The secret of that key.",
        "该密钥对应的私密密钥。",
        "required with S3_BUCKET",
        "设置了 S3_BUCKET 时必填",
        is_secret=True,
    ),
    Setting(
        "S3_REGION",
        readers.region,
        None,
        "The region of the bucket; most servers other than Amazon's know only one.",
        "存储桶所在的区域；除 Amazon 外，多数服务只有一个区域。",
        "us-east-1 with S3_ENDPOINT_URL; required without",
        "设置了 S3_ENDPOINT_URL 时为 us-east-1；否则必填",
    ),
    Setting(
        "S3_PREFIX",
        readers.prefix,
        "",
        "What the pictures' names begin with, in a bucket that others use too.",
        "图片在存储桶中的名称前缀，用于与其他应用共用的存储桶。",
    ),
    Setting(
        "BLUELOG_MAX_UPLOAD_BYTES",
        readers.whole(1024, 1024**3),
        10 * 1024**2,
        "The largest upload, in bytes.",
        "单个上传文件的最大字节数。",
    ),
    Setting(
        "BLUELOG_DEFAULT_LANGUAGE",
        readers.choice(*LANGUAGES),
        "en",
        "The interface language until one is chosen in the blog's settings: en or zh-Hans.",
        "在博客设置中选择语言之前使用的界面语言：en 或 zh-Hans。",
    ),
    Setting(
        "BLUELOG_POST_PER_PAGE",
        readers.whole(1, 100),
        10,
        "Posts on a page of a list.",
        "列表每页的文章数。",
    ),
    Setting(
        "BLUELOG_MANAGE_POST_PER_PAGE",
        readers.whole(1, 100),
        15,
        "Rows on a page of the dashboard's tables.",
        "管理后台表格每页的行数。",
    ),
    Setting(
        "BLUELOG_COMMENT_PER_PAGE",
        readers.whole(1, 100),
        15,
        "Comments on a page.",
        "每页的评论数。",
    ),
    Setting(
        "BLUELOG_PAGE_CACHE_BYTES",
        readers.whole(0, 8 * 1024**3),
        32 * 1024**2,
        "How much memory each web process may fill with readers' pages; 0 keeps none.",
        "每个 Web 进程可用于缓存读者页面的内存字节数；0 表示不缓存。",
    ),
    Setting(
        "MAIL_SERVER",
        readers.words,
        None,
        "The SMTP server; without one no mail is sent and everything else works.",
        "SMTP 服务器；不设置则不发送邮件，其余功能照常。",
    ),
    Setting(
        "MAIL_PORT",
        readers.whole(1, 65535),
        None,
        "The SMTP server's port.",
        "SMTP 服务器的端口。",
        "465 with MAIL_USE_SSL or a password, 587 with MAIL_USE_TLS, else 25",
        "使用 MAIL_USE_SSL 或设有密码时为 465，使用 MAIL_USE_TLS 时为 587，否则为 25",
    ),
    Setting(
        "MAIL_USE_SSL",
        readers.flag,
        None,
        "Speak TLS from the first byte.",
        "从连接开始就使用 TLS。",
        "on with port 465",
        "端口为 465 时开启",
    ),
    Setting(
        "MAIL_USE_TLS",
        readers.flag,
        None,
        "Begin in the clear and change to TLS (STARTTLS).",
        "先建立明文连接，再切换到 TLS（STARTTLS）。",
        "on with port 587",
        "端口为 587 时开启",
    ),
    Setting(
        "MAIL_USERNAME",
        readers.words,
        None,
        "The account on the SMTP server.",
        "SMTP 服务器的用户名。",
    ),
    Setting(
        "MAIL_PASSWORD",
        readers.verbatim,
        None,
        "Its password.",
        "SMTP 服务器的密码。",
        is_secret=True,
    ),
    Setting(
        "MAIL_DEFAULT_SENDER",
        readers.sender,
        None,
        "Whom mail comes from, an address or Name <address>.",
        "发件人，可以是地址，也可以是 名称 <地址>。",
        "Bluelog <MAIL_USERNAME>",
        "Bluelog <MAIL_USERNAME>",
    ),
    Setting(
        "BLUELOG_MAIL_TIMEOUT",
        readers.seconds,
        10.0,
        "Seconds to wait for the SMTP server.",
        "等待 SMTP 服务器的秒数。",
    ),
    Setting(
        "BLUELOG_EMAIL",
        readers.addresses,
        (),
        "The operators, who receive error mail, and mail of new comments while no "
        "administrator has an address; several with commas between them.",
        "运维人员地址，用于接收错误邮件；没有管理员填写邮箱时，也接收新评论通知；多个地址用逗号分隔。",
        "required in production with MAIL_SERVER",
        "生产环境设置了 MAIL_SERVER 时必填",
    ),
    Setting(
        "BLUELOG_BACKUP_KEEP_DAILY",
        readers.whole(0, 1000),
        7,
        "Days that keep their newest backup.",
        "按天保留备份的天数，每天保留最新的一份。",
    ),
    Setting(
        "BLUELOG_BACKUP_KEEP_WEEKLY",
        readers.whole(0, 1000),
        4,
        "Weeks that keep their newest backup.",
        "按周保留备份的周数，每周保留最新的一份。",
    ),
    Setting(
        "BLUELOG_BACKUP_KEEP_MONTHLY",
        readers.whole(0, 1000),
        6,
        "Months that keep their newest backup.",
        "按月保留备份的月数，每月保留最新的一份。",
    ),
    Setting(
        "BLUELOG_PROXY_COUNT",
        readers.whole(0, 10),
        0,
        "How many proxies, such as nginx, stand before the app and are believed.",
        "应用前面受信任的代理（如 nginx）的数量。",
    ),
    Setting(
        "BLUELOG_FORCE_HTTPS",
        readers.flag,
        default=False,
        en="Redirect plain HTTP to HTTPS and tell browsers to stay there.",
        zh="将 HTTP 重定向到 HTTPS，并要求浏览器始终使用 HTTPS。",
        default_en="on in production",
        default_zh="生产环境开启",
    ),
    Setting(
        "BLUELOG_OWN_TLS",
        readers.flag,
        default=False,
        en="Gunicorn has a certificate of its own, with no proxy before it.",
        zh="Gunicorn 使用自己的证书，前面没有代理。",
        default_en="on when GUNICORN_CMD_ARGS has --certfile",
        default_zh="GUNICORN_CMD_ARGS 含有 --certfile 时开启",
    ),
    Setting(
        "BLUELOG_LOGGING_PATH",
        readers.log_target,
        None,
        "The log file, or stream for standard error.",
        "日志文件；设为 stream 则写到标准错误。",
        "logs/bluelog.log; stream in development",
        "logs/bluelog.log；开发环境为 stream",
    ),
    Setting(
        "BLUELOG_ACCESS_LOG",
        readers.path,
        None,
        "The access log of the web server before the app, such as nginx, from which the worker "
        "counts reads.",
        "应用前面的 Web 服务器（如 nginx）的访问日志，后台进程据此统计阅读量。",
        "one that the app writes itself: access.log in the data folder",
        "由应用自己写入：数据目录中的 access.log",
    ),
    Setting(
        "BLUELOG_SLOW_QUERY_THRESHOLD",
        readers.seconds,
        1.0,
        "Seconds from which a query is logged as slow.",
        "查询耗时达到多少秒时记入慢查询日志。",
    ),
    Setting(
        "BLUELOG_SLOW_REQUEST_THRESHOLD",
        readers.seconds,
        2.0,
        "Seconds from which a request is logged as slow.",
        "请求耗时达到多少秒时记入慢请求日志。",
    ),
)
