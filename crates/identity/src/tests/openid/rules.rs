//! Rules of the provider as tables: values only.

use kernel::{Id, Moment};

use crate::model::openid::{
    Denial, Parameters,
    consent::{ConsentState, Step, Visitor, next},
    key::{KEEP_SECONDS, LEAD_SECONDS, Plan, SIGN_SECONDS, plan},
    proof::{Credentials, Shown},
    request::{AuthRequest, Mode, Prompt, Return},
    scope::Scopes,
};

const NOON: Moment = Moment::from_micros(1_772_424_000_000_000);

fn request(prompt: Prompt, max_age: Option<i64>) -> AuthRequest {
    AuthRequest {
        back: Return { redirect: "https://a.example/".to_owned(), state: None, mode: Mode::Query },
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        nonce: None,
        challenge: String::new(),
        prompt,
        max_age,
        login_hint: None,
    }
}

#[test]
fn what_comes_next_of_a_request_follows_from_who_is_there_and_what_was_agreed() {
    let id = |n: u8| Id::from_parts(NOON, [n; 10]);
    let at = |seconds: i64| NOON.plus_seconds(seconds);
    let visitor = |seconds, officer| Some(Visitor { person: id(1), signed_in_at: at(seconds), officer });
    let agreed = |scopes: &str, asked: &str| {
        let (scopes, asked) = (scopes.to_owned(), asked.to_owned());
        Some(ConsentState { person: id(1), client: id(2).cast(), scopes, asked, ended_at: None })
    };
    let plain = Prompt::default();
    let (none, login) = (Prompt { none: true, ..plain }, Prompt { login: true, ..plain });
    let consent = Prompt { consent: true, ..plain };
    let all = || agreed("openid profile", "openid profile");
    let answer = |scopes: &str| Ok(Step::Answer(Scopes::parse(scopes)));
    let table = [
        ("nobody", plain, None, false, None, None, Ok(Step::SignIn { again: false })),
        ("nobody, silently", none, None, false, None, None, Err("login_required")),
        ("not asked yet", plain, None, false, visitor(-60, false), None, Ok(Step::Ask)),
        ("not asked, silently", none, None, false, visitor(-60, false), None, Err("consent_required")),
        ("agreed", plain, None, false, visitor(-60, false), all(), answer("openid profile")),
        (
            "agreed in part",
            plain,
            None,
            false,
            visitor(-60, false),
            agreed("openid", "openid profile"),
            answer("openid"),
        ),
        ("asked less", plain, None, false, visitor(-60, false), agreed("openid", "openid"), Ok(Step::Ask)),
        ("asks again", consent, None, false, visitor(-60, false), all(), Ok(Step::Ask)),
        ("must sign in anew", login, None, false, visitor(-60, false), all(), Ok(Step::SignIn { again: true })),
        ("has signed in anew", login, None, false, visitor(60, false), all(), answer("openid profile")),
        ("too old", plain, Some(30), false, visitor(-60, false), all(), Ok(Step::SignIn { again: true })),
        ("too old, silently", none, Some(30), false, visitor(-60, false), all(), Err("login_required")),
        ("fresh enough", plain, Some(90), false, visitor(-60, false), all(), answer("openid profile")),
        ("a citizen at an officers' system", plain, None, true, visitor(-60, false), all(), Err("access_denied")),
        ("an officer there", plain, None, true, visitor(-60, true), all(), answer("openid profile")),
    ];
    for (what, prompt, max_age, officers, visitor, before, expected) in table {
        let step = next((&request(prompt, max_age), NOON), officers, visitor, before.as_ref(), NOON);
        match expected {
            Ok(expected) => assert_eq!(step, expected, "{what}"),
            Err(code) => assert!(matches!(step, Step::Deny(it) if it.code == code), "{what}: {step:?}"),
        }
    }
}

#[test]
fn a_decision_concerns_what_was_asked_and_leaves_the_rest() {
    let whose = (Id::from_parts(NOON, [1; 10]), Id::from_parts(NOON, [2; 10]));
    let scopes = Scopes::parse;
    let first = ConsentState::decided(None, whose, &scopes("openid profile phone"), &scopes("profile level"));
    assert_eq!((first.scopes.as_str(), first.asked.as_str()), ("openid profile", "openid phone profile"));
    let then = ConsentState::decided(Some(&first), whose, &scopes("openid level"), &scopes("level"));
    assert_eq!(then.scopes, "level openid profile");
    let less = ConsentState::decided(Some(&then), whose, &scopes("openid profile"), &scopes(""));
    assert_eq!(less.scopes, "level openid", "taken back what was asked anew");
}

#[test]
fn a_key_is_made_shown_used_and_gone_in_time() {
    let at = |seconds: i64| NOON.plus_seconds(seconds);
    let make = |seconds| Plan { make: Some(at(seconds)), retire: Vec::new() };
    let table: &[(&[i64], i64, Plan)] = &[
        (&[], 0, make(0)),
        (&[0], 10, Plan::default()),
        (&[0], SIGN_SECONDS - LEAD_SECONDS - 1, Plan::default()),
        (&[0], SIGN_SECONDS - LEAD_SECONDS, make(SIGN_SECONDS)),
        // A site that slept: the next one is still shown for a day first.
        (&[0], SIGN_SECONDS * 2, make(SIGN_SECONDS * 2 + LEAD_SECONDS)),
        (&[0, SIGN_SECONDS], SIGN_SECONDS - 5, Plan::default()),
        (&[0, SIGN_SECONDS], SIGN_SECONDS + KEEP_SECONDS - 1, Plan::default()),
        (&[0, SIGN_SECONDS], SIGN_SECONDS + KEEP_SECONDS, Plan { make: None, retire: vec![0] }),
    ];
    for (begins, now, expected) in table {
        let begins: Vec<_> = begins.iter().map(|it| at(*it)).collect();
        assert_eq!(plan(&begins, at(*now)), *expected, "{begins:?} at {now}");
    }
}

/// A header, a form, and what is read of them.
type Row = (Option<&'static str>, Vec<(&'static str, &'static str)>, Result<Credentials, &'static str>);

#[test]
fn a_client_shows_who_it_is_in_one_way() {
    let form =
        |pairs: &[(&str, &str)]| Parameters::of(pairs.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect());
    let secret = |client: &str, secret: &str| {
        Ok(Credentials { client: client.to_owned(), shown: Shown::Secret(secret.to_owned()) })
    };
    let none = Ok(Credentials { client: "a".to_owned(), shown: Shown::Nothing });
    let table: Vec<Row> = vec![
        (None, vec![], Err("invalid_client")),
        (None, vec![("client_secret", "s")], Err("invalid_client")),
        (Some("Basic nonsense!"), vec![], Err("invalid_client")),
        (Some("Bearer YTpz"), vec![], Err("invalid_client")),
        (Some("Basic YTpz"), vec![("client_id", "b")], Err("invalid_client")),
        (Some("Basic YTpz"), vec![("client_secret", "s")], Err("invalid_request")),
        (None, vec![("client_id", "a"), ("client_id", "a")], Err("invalid_request")),
        (None, vec![("client_assertion", "x")], Err("invalid_request")),
        (Some("Basic YTpz"), vec![], secret("a", "s")),
        (Some("basic YTpz"), vec![("client_id", "a")], secret("a", "s")),
        // «a» and «s+t» with a plus sign, form-encoded within.
        (Some("Basic YTpzJTJCdA=="), vec![], secret("a", "s+t")),
        (None, vec![("client_id", "a"), ("client_secret", "s")], secret("a", "s")),
        (None, vec![("client_id", "a")], none),
    ];
    for (header, pairs, expected) in table {
        let read = Credentials::read(header, &form(&pairs)).map_err(|it: Denial| it.code);
        assert_eq!(read, expected, "{header:?} {pairs:?}");
    }
}
