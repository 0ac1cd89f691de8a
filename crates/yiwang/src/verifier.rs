//! Whether facts belong to one person, and who represents an enterprise: asked of a service of others over HTTP (the contract:
//! `/docs/connectors.md`), or, in a demo site, of a stand-in that says so.
//!
//! Nothing personal is logged, no redirect is followed, and whatever goes wrong is «not reachable»: people can go to a window.

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use hyper::header::{self, HeaderName};
use identity::{Answer, EnterpriseQuestion, Factor, Question, Register, Registered, Verdict, Verifier};
use kernel::{Ctx, Error, Result};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sm3::Sm3;

use crate::couriers::{Letter, Poster, fault_of};

/// The service answers within so many seconds: somebody waits before the page.
const ANSWER: Duration = Duration::from_secs(5);
/// A question whose answer did not come is asked once more.
const TIMES: usize = 2;
/// When the question was signed, in seconds of the Unix epoch.
const TIME: HeaderName = HeaderName::from_static("x-yiwang-time");
/// HMAC-SM3 of time, line feed and body, in hex.
const SIGNATURE: HeaderName = HeaderName::from_static("x-yiwang-signature");

/// Where facts are verified, by the settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verification {
    /// What people are told who is asked: 「省人口库」.
    pub(crate) name: String,
    /// Its address: `https://…`, or `http://` on this machine.
    pub(crate) address: String,
    /// The file that holds the key shared with it; read anew for each question, so that it can be changed.
    pub(crate) key_file: PathBuf,
}

impl Verification {
    /// What is wrong with it, in Chinese.
    pub(crate) fn fault(&self) -> Option<String> {
        fault_of("核验服务", &self.address)
    }
}

/// A service of others.
pub(crate) struct Service {
    settings: Verification,
    poster: Poster,
}

/// What the service says of a person.
#[derive(Deserialize)]
struct PersonTold {
    identity: Verdict,
    #[serde(default)]
    factors: serde_json::Map<String, Value>,
}

/// What it says of a family.
#[derive(Deserialize)]
struct VerdictTold {
    verdict: Verdict,
}

/// What it says of an enterprise.
#[derive(Deserialize)]
struct EnterpriseTold {
    verdict: Verdict,
    #[serde(default)]
    address: String,
    #[serde(default)]
    head_office: String,
}

impl Service {
    pub(crate) fn new(settings: Verification) -> Self {
        Self { settings, poster: Poster::new() }
    }

    async fn ask<T: DeserializeOwned>(&self, ctx: &Ctx, what: &'static str, body: &Value) -> Option<T> {
        for _ in 0..TIMES {
            let asked = tokio::time::timeout(ANSWER, self.once(ctx, body)).await;
            match asked.unwrap_or_else(|_| Err(Error::internal("no answer in time"))) {
                Ok(told) => return Some(told),
                Err(error) => tracing::warn!(what, cause = ?error, "the verification service did not answer"),
            }
        }
        None
    }

    async fn once<T: DeserializeOwned>(&self, ctx: &Ctx, body: &Value) -> Result<T> {
        let key = tokio::fs::read_to_string(&self.settings.key_file).await;
        let key = key.map_err(|_| Error::internal("the service's key file cannot be read"))?;
        let (time, body) = ((ctx.now.micros() / 1_000_000).to_string(), body.to_string());
        let headers = vec![
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (SIGNATURE, signature(key.trim(), &time, &body)?),
            (TIME, time),
        ];
        let told = self.poster.ask(&self.settings.address, Letter { headers, body }).await?;
        // What the answer says may be personal: its text goes into no error.
        serde_json::from_slice(&told).map_err(|_| Error::internal("an answer that is not of the contract"))
    }
}

/// HMAC-SM3 of time, line feed and body, in hex.
fn signature(key: &str, time: &str, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sm3>::new_from_slice(key.as_bytes()).map_err(|_| Error::internal("a key of no length"))?;
    mac.update(format!("{time}\n{body}").as_bytes());
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn person(question: &Question) -> Value {
    let factors: serde_json::Map<String, Value> =
        question.factors.iter().map(|it| (it.0.code().to_owned(), it.1.as_str().into())).collect();
    json!({ "name": question.name, "paper": question.paper, "number": question.number, "factors": factors })
}

#[async_trait]
impl Verifier for Service {
    fn name(&self) -> &str {
        &self.settings.name
    }

    async fn verify(&self, ctx: &Ctx, question: &Question) -> Answer {
        let mut body = person(question);
        body["question"] = "person".into();
        let Some(told) = self.ask::<PersonTold>(ctx, "person", &body).await else {
            return Answer::all(Verdict::NotReachable, question.factors.len());
        };
        let verdict = |factor: Factor| {
            let told = told.factors.get(factor.code()).cloned();
            told.and_then(|it| serde_json::from_value(it).ok()).unwrap_or(Verdict::NotKnown)
        };
        Answer { identity: told.identity, factors: question.factors.iter().map(|it| verdict(it.0)).collect() }
    }

    async fn guardianship(&self, ctx: &Ctx, (guardian, ward): (&Question, &Question)) -> Verdict {
        let body = json!({ "question": "guardianship", "guardian": person(guardian), "ward": person(ward) });
        let told = self.ask::<VerdictTold>(ctx, "guardianship", &body).await;
        told.map_or(Verdict::NotReachable, |it| it.verdict)
    }
}

#[async_trait]
impl Register for Service {
    fn name(&self) -> &str {
        &self.settings.name
    }

    async fn enterprise(&self, ctx: &Ctx, question: &EnterpriseQuestion) -> Registered {
        let EnterpriseQuestion { uscc, name, representative, paper, number } = question;
        let body = json!({ "question": "enterprise", "uscc": uscc, "name": name,
            "representative": { "name": representative, "paper": paper, "number": number } });
        match self.ask::<EnterpriseTold>(ctx, "enterprise", &body).await {
            Some(EnterpriseTold { verdict, address, head_office }) => Registered { verdict, address, head_office },
            None => Registered::only(Verdict::NotReachable),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{Actor, Moment, SystemRandom};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// One question to a service that answers this; gives what it was sent.
    async fn asked(answers: Vec<String>) -> (Answer, Vec<String>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("key");
        std::fs::write(&key_file, "shared-key\n").unwrap();
        let address = format!("http://{}/verify", listener.local_addr().unwrap());
        let service = tokio::spawn(async move {
            let mut seen = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = Vec::new();
                while !bytes.ends_with(b"}") || !String::from_utf8_lossy(&bytes).contains("\"question\"") {
                    bytes.push(stream.read_u8().await.unwrap());
                }
                stream.write_all(answer.as_bytes()).await.unwrap();
                seen.push(String::from_utf8(bytes).unwrap());
            }
            seen
        });
        let service_of = Service::new(Verification { name: "试验库".to_owned(), address, key_file });
        let now = Moment::from_micros(1_772_424_000_000_000);
        let ctx = Ctx::new(Actor::system("test"), now, Arc::new(SystemRandom));
        let question = Question {
            name: "李桂兰".to_owned(),
            paper: "citizen",
            number: "341602194803120026".to_owned(),
            factors: vec![(Factor::Phone, "13900000001".to_owned()), (Factor::BankCard, "6222020000000001".to_owned())],
        };
        let answer = service_of.verify(&ctx, &question).await;
        (answer, service.await.unwrap())
    }

    fn answer(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nlocation: http://127.0.0.1:1/\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn a_question_is_signed_and_what_is_not_answered_counts_for_nothing() {
        let told = answer("200 OK", r#"{"identity":"agree","factors":{"phone":"agree"}}"#);
        let (said, seen) = asked(vec![told]).await;
        assert_eq!(said, Answer { identity: Verdict::Agree, factors: vec![Verdict::Agree, Verdict::NotKnown] });
        let (head, body) = seen[0].split_once("\r\n\r\n").unwrap();
        let of = |name: &str| head.lines().find_map(|it| it.strip_prefix(name)).unwrap().trim().to_owned();
        assert_eq!(of("x-yiwang-time:"), "1772424000");
        assert_eq!(of("x-yiwang-signature:"), signature("shared-key", "1772424000", body).unwrap());
        assert!(!head.contains("341602194803120026"), "nothing personal in the head: {head}");
    }

    #[tokio::test]
    async fn whatever_goes_wrong_is_asked_once_more_and_then_is_not_reachable() {
        let rows = [
            answer("500 Internal Server Error", "{}"),
            answer("302 Found", ""),
            answer("200 OK", "<html>"),
            answer("200 OK", r#"{"identity":"yes"}"#),
        ];
        for wrong in rows {
            let (said, seen) = asked(vec![wrong.clone(), wrong.clone()]).await;
            assert_eq!((said, seen.len()), (Answer::all(Verdict::NotReachable, 2), 2), "{wrong}");
        }
        let right = answer("200 OK", r#"{"identity":"disagree"}"#);
        let (said, _) = asked(vec![answer("503 Service Unavailable", ""), right]).await;
        assert_eq!(said.identity, Verdict::Disagree, "the second answer counts");
    }
}
