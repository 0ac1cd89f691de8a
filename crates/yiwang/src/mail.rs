//! Mail by SMTP (RFC 5321), where the operator has a mail server and no gateway: one plain-text mail for each message.
//!
//! Words and a mailbox go over the wire, so the connection is encrypted before anything is said (implicit TLS or STARTTLS, never «if the
//! server likes»), except to this very machine. The contract with whoever keeps the site: `/docs/connectors.md`.

use std::{
    path::PathBuf,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use journal::outbox::{Courier, Message};
use kernel::{Ctx, Error, Result};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use serde::Deserialize;
use webkit::App;

/// A server takes a mail within so many seconds, or is asked again later.
const ANSWER: Duration = Duration::from_secs(20);

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    /// From the first byte (RFC 8314), mostly port 465.
    Tls,
    /// By STARTTLS (RFC 3207), which must be there, mostly port 587.
    Starttls,
    /// Not at all: to this machine only.
    None,
}

/// The mail server of the settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// Its name or number.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    /// The mailbox that mails come from.
    pub(crate) from: String,
    /// The name beside it; the site's own unless another is said.
    #[serde(default)]
    pub(crate) from_name: String,
    /// Under which name the site signs in there; empty: it need not.
    #[serde(default)]
    pub(crate) user: String,
    /// The file that holds the password; read anew for each mail, so that it can be changed.
    pub(crate) password_file: Option<PathBuf>,
}

impl Mail {
    /// What is wrong with it, in Chinese; nothing is sent before it is right.
    pub(crate) fn fault(&self) -> Option<String> {
        let near = matches!(self.host.as_str(), "127.0.0.1" | "::1" | "localhost");
        if self.host.trim().is_empty() || self.port == 0 {
            return Some("邮件服务器的 host 和 port 须填写".to_owned());
        }
        if self.security == Security::None && !near {
            return Some(format!("邮件服务器 {} 不在本机，security 须为 tls 或 starttls", self.host));
        }
        if self.from.parse::<Address>().is_err() {
            return Some(format!("发件邮箱 {} 有误", self.from));
        }
        if self.user.is_empty() == self.password_file.is_some() {
            return Some("邮件服务器的 user 和 password_file 须同时填写，或者都不填".to_owned());
        }
        None
    }

    /// A connection to be. `roots`: further certificates that are trusted besides those of the machine.
    async fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
        let parameters = || TlsParameters::new(self.host.clone()).map_err(Error::internal);
        let tls = match self.security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::Starttls => Tls::Required(parameters()?),
            Security::None => Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host);
        let builder = builder.port(self.port).tls(tls).timeout(Some(ANSWER));
        let Some(file) = &self.password_file else { return Ok(builder.build()) };
        let password = tokio::fs::read_to_string(file).await;
        let password = password.map_err(|_| Error::internal("the mail server's password file cannot be read"))?;
        Ok(builder.credentials(Credentials::new(self.user.clone(), password.trim().to_owned())).build())
    }
}

/// Takes messages to the mail server.
pub(crate) struct Mails {
    pub(crate) app: App,
    pub(crate) mail: Mail,
}

impl Mails {
    fn letter(&self, ctx: &Ctx, outgoing: &identity::Outgoing) -> Result<lettre::Message> {
        let address = |text: &str| text.parse::<Address>().map_err(|_| Error::internal("a mailbox that is none"));
        let site = &self.app.site.name;
        let name = if self.mail.from_name.is_empty() { site } else { &self.mail.from_name };
        let from = address(&self.mail.from)?;
        let id = format!("<{}@{}>", outgoing.id, from.domain());
        let micros = u64::try_from(ctx.now.micros()).unwrap_or_default();
        lettre::Message::builder()
            .from(Mailbox::new(Some(name.clone()), from))
            .to(Mailbox::new(None, address(outgoing.to.address())?))
            // What it is about stands inside: a subject is shown on locked screens, and a code is none of theirs.
            .subject(format!("{site}通知"))
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            // The same if it is sent once more because the answer was lost: mail programs show it once.
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(format!("{}\r\n\r\n本邮件由系统发出，请不要回复。\r\n", outgoing.text))
            .map_err(|_| Error::internal("a mail that cannot be written"))
    }
}

#[async_trait]
impl Courier for Mails {
    fn kind(&self) -> &'static str {
        identity::MAIL_MESSAGE
    }

    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()> {
        let Some(outgoing) = identity::outgoing(ctx, &self.app, &message.body).await? else { return Ok(()) };
        let letter = self.letter(ctx, &outgoing)?;
        let transport = self.mail.transport().await?;
        let sent = tokio::time::timeout(ANSWER, transport.send(letter)).await;
        // What the server says may repeat the mailbox; its number does not.
        match sent {
            Err(_) => Err(Error::internal("the mail server did not answer in time")),
            Ok(Err(error)) => {
                let code = error.status().map(|it| it.to_string()).unwrap_or_else(|| "no answer".to_owned());
                Err(Error::internal(format!("the mail server did not take it: {code}")))
            }
            Ok(Ok(_)) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
        net::TcpListener,
    };

    use super::*;

    fn mail(port: u16) -> Mail {
        Mail {
            host: "127.0.0.1".to_owned(),
            port,
            security: Security::None,
            from: "no-reply@bozhou.example.gov.cn".to_owned(),
            from_name: String::new(),
            user: String::new(),
            password_file: None,
        }
    }

    #[test]
    fn nothing_is_sent_in_the_clear_beyond_this_machine_and_half_an_account_is_none() {
        let far = Mail { host: "smtp.example.cn".to_owned(), ..mail(25) };
        let rows = [
            far.clone(),
            Mail { host: String::new(), ..mail(25) },
            mail(0),
            Mail { from: "not a mailbox".to_owned(), ..mail(25) },
            Mail { from: "a@b\r\nBcc: c@d".to_owned(), ..mail(25) },
            Mail { user: "u".to_owned(), ..mail(25) },
            Mail { password_file: Some("p".into()), ..mail(25) },
        ];
        for (n, wrong) in rows.into_iter().enumerate() {
            assert!(wrong.fault().is_some(), "row {n}");
        }
        assert_eq!(mail(25).fault(), None);
        assert_eq!(Mail { security: Security::Tls, ..far }.fault(), None);
    }

    /// A mail server that takes one mail, or refuses its receiver; gives all that it was told.
    async fn server(listener: TcpListener, greets: &str, takes: bool) -> Vec<String> {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mail.example.cn ESMTP\r\n").await.unwrap();
        let (mut said, mut data) = (Vec::new(), false);
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match (data, line.split(' ').next().unwrap_or_default()) {
                (true, ".") => {
                    data = false;
                    "250 taken\r\n"
                }
                (true, _) => "",
                (false, "EHLO") => greets,
                (false, "RCPT") if !takes => "550 no such mailbox zhiyuan@example.cn\r\n",
                (false, "AUTH") => "235 ok\r\n",
                (false, "DATA") => {
                    data = true;
                    "354 go on\r\n"
                }
                (false, "QUIT") => "221 bye\r\n",
                (false, _) => "250 ok\r\n",
            };
            said.push(line);
            drop(write.write_all(answer.as_bytes()).await);
        }
        said
    }

    const PLAIN: &str = "250-mail.example.cn\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n";

    /// One message to a server that greets so; what came of it, and what the server was told.
    async fn sent(
        site: &testkit::Site,
        change: impl FnOnce(Mail) -> Mail,
        greets: &'static str,
        takes: bool,
    ) -> (usize, Vec<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mail = change(mail(listener.local_addr().unwrap().port()));
        let (app, ctx) = (crate::tests::in_earnest(&site.app), site.app.system("test"));
        let to = identity::Recipient::parse("zhiyuan@example.cn").unwrap();
        let home = std::net::IpAddr::from([127, 0, 0, 1]);
        identity::send_code(&ctx, &app, identity::CodePurpose::Register, (&to, true), home).await.unwrap();
        let heard = tokio::spawn(server(listener, greets, takes));
        let courier = Mails { app: app.clone(), mail };
        let taken = journal::outbox::deliver(&app.db, &ctx, &[&courier]).await.unwrap();
        (taken, heard.await.unwrap())
    }

    #[tokio::test]
    async fn a_message_reaches_the_mail_server_as_one_plain_mail() {
        for site in testkit::sites_with(crate::site::AREAS, crate::tests::own_with_sms, None).await {
            let engine = site.engine;
            let password = site.folder().join("password");
            std::fs::write(&password, "geheim\n").unwrap();
            let account = |mail| Mail { user: "site".to_owned(), password_file: Some(password), ..mail };
            let (taken, said) = sent(&site, account, PLAIN, true).await;
            assert_eq!(taken, 1, "{engine}: {said:?}");
            let all = said.join("\n");
            for words in [
                "MAIL FROM:<no-reply@bozhou.example.gov.cn>",
                "RCPT TO:<zhiyuan@example.cn>",
                "Content-Type: text/plain; charset=utf-8",
                "Message-ID: <",
                "Subject: =?utf-8?",
            ] {
                assert!(all.contains(words), "{engine}: {words}: {all}");
            }
            // `\0site\0geheim` in base64, and the code in no subject.
            assert!(all.contains("AUTH PLAIN AHNpdGUAZ2VoZWlt"), "{engine}: {all}");
            assert!(journal::outbox::waiting(&site.app.db).await.unwrap().is_empty(), "{engine}");
        }
    }

    #[tokio::test]
    async fn a_server_without_starttls_gets_nothing_and_a_refusal_is_tried_again() {
        for site in testkit::sites_with(crate::site::AREAS, crate::tests::own_with_sms, None).await {
            let engine = site.engine;
            let starttls = |mail| Mail { security: Security::Starttls, ..mail };
            let (_, said) = sent(&site, starttls, PLAIN, true).await;
            assert!(!said.iter().any(|it| it.contains("zhiyuan") || it.starts_with("MAIL")), "{engine}: {said:?}");
            assert_eq!(journal::outbox::waiting(&site.app.db).await.unwrap().len(), 1, "{engine}");
            let (_, said) = sent(&site, |mail| mail, PLAIN, false).await;
            assert!(said.iter().any(|it| it.starts_with("RCPT")) && !said.iter().any(|it| it == "DATA"), "{engine}");
            assert!(!journal::outbox::waiting(&site.app.db).await.unwrap().is_empty(), "{engine}: {said:?}");
        }
    }
}
