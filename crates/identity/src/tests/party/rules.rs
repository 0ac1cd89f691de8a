//! Tokens of a provider, as a table: what is not to be believed, and why; what is registered of one, field by field.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::Moment;
use serde_json::{Map, Value, json};
use testkit::NOON;

use super::Signing;
use crate::model::{
    openid::token::LOGOUT_EVENT,
    party::{
        address,
        new_provider::NewProvider,
        provider::{Dialect, Fields, Places, ProviderState},
        token::{Doubt, Expect, Keys, access_hash, verified},
        told::Told,
    },
};

const NOW: i64 = 1_772_424_000;
const EXPECT: Expect<'_> =
    Expect { issuer: "https://a.example", client: "us", now: Moment::from_micros(NOW * 1_000_000) };

/// Sound claims, with these besides or instead; null takes one away.
fn claims(sound: Value, more: &Value) -> Map<String, Value> {
    let Value::Object(mut claims) = sound else { panic!("claims") };
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.remove(name)),
            value => drop(claims.insert(name.clone(), value.clone())),
        }
    }
    claims
}

#[test]
fn an_id_token_is_believed_only_if_it_says_all_that_it_must() {
    let sound = || {
        json!({ "iss": "https://a.example", "aud": "us", "sub": "7", "nonce": "n", "iat": NOW, "exp": NOW + 300,
            "at_hash": access_hash("token") })
    };
    let rows = [
        (json!({ "iss": "https://b.example" }), Err(Doubt::Issuer)),
        (json!({ "iss": "https://a.example/" }), Err(Doubt::Issuer)),
        (json!({ "iss": null }), Err(Doubt::Issuer)),
        (json!({ "aud": "them" }), Err(Doubt::Audience)),
        (json!({ "aud": ["them"] }), Err(Doubt::Audience)),
        (json!({ "aud": [] }), Err(Doubt::Audience)),
        (json!({ "aud": null }), Err(Doubt::Audience)),
        (json!({ "aud": ["us", "them"] }), Err(Doubt::AskedBy)),
        (json!({ "azp": "them" }), Err(Doubt::AskedBy)),
        (json!({ "aud": ["us", "them"], "azp": "them" }), Err(Doubt::AskedBy)),
        (json!({ "exp": NOW - 61 }), Err(Doubt::Expired)),
        (json!({ "exp": null }), Err(Doubt::Expired)),
        (json!({ "exp": "soon" }), Err(Doubt::Expired)),
        (json!({ "iat": NOW + 61 }), Err(Doubt::Future)),
        (json!({ "nbf": NOW + 61 }), Err(Doubt::Future)),
        (json!({ "iat": NOW - 3_600 }), Err(Doubt::Old)),
        (json!({ "iat": null }), Err(Doubt::Old)),
        (json!({ "nonce": "m" }), Err(Doubt::Nonce)),
        (json!({ "nonce": null }), Err(Doubt::Nonce)),
        (json!({ "at_hash": access_hash("another") }), Err(Doubt::Access)),
        (json!({ "sub": "" }), Err(Doubt::Subject)),
        (json!({ "sub": null }), Err(Doubt::Subject)),
        (json!({ "events": { LOGOUT_EVENT: {} } }), Err(Doubt::Kind)),
        (json!({}), Ok(())),
        (json!({ "at_hash": null }), Ok(())),
        (json!({ "aud": ["us"] }), Ok(())),
        (json!({ "aud": ["us", "them"], "azp": "us" }), Ok(())),
        (json!({ "exp": NOW - 59, "iat": NOW + 59 }), Ok(())),
    ];
    for (more, expected) in rows {
        assert_eq!(EXPECT.id_token(&claims(sound(), &more), ("n", "token")), expected, "{more}");
    }
}

#[test]
fn a_logout_token_is_no_id_token_and_names_somebody() {
    let sound = || {
        json!({ "iss": "https://a.example", "aud": "us", "sub": "7", "jti": "1", "iat": NOW, "exp": NOW + 120,
            "events": { LOGOUT_EVENT: {} } })
    };
    let rows = [
        (json!({ "events": null }), Some(Doubt::Kind)),
        (json!({ "events": { "https://other.example": {} } }), Some(Doubt::Kind)),
        (json!({ "events": { LOGOUT_EVENT: true } }), Some(Doubt::Kind)),
        (json!({ "nonce": "n" }), Some(Doubt::Kind)),
        (json!({ "jti": null }), Some(Doubt::Kind)),
        (json!({ "sub": null }), Some(Doubt::Subject)),
        (json!({ "iss": "https://b.example" }), Some(Doubt::Issuer)),
        (json!({ "aud": "them" }), Some(Doubt::Audience)),
        (json!({ "exp": NOW - 100 }), Some(Doubt::Expired)),
        (json!({}), None),
        (json!({ "sub": null, "sid": "s" }), None),
    ];
    for (more, expected) in rows {
        assert_eq!(EXPECT.logout_token(&claims(sound(), &more)).err(), expected, "{more}");
    }
}

/// A token with this head, signed by nobody.
fn unsigned(head: &Value) -> String {
    let part = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
    format!("{}.{}.{}", part(head), part(&json!({ "sub": "7" })), URL_SAFE_NO_PAD.encode("signature"))
}

#[test]
fn a_signature_counts_by_a_known_key_and_a_public_algorithm_alone() {
    let (key, other) = (Signing::new("one"), Signing::new("one"));
    let set = json!({ "keys": [key.jwk(), { "kty": "OKP", "crv": "Ed25519", "kid": "strange", "x": "AA" }, { "kty": "new" }] });
    let keys = Keys::read(set.to_string().as_bytes()).unwrap();
    let said = json!({ "sub": "7" });
    let good = key.sign(&said);
    // The public key's own letters as a shared secret: what an algorithm that is chosen by the token would fall for.
    let mut shared = Header::new(Algorithm::HS256);
    shared.kid = Some("one".to_owned());
    let confused =
        jsonwebtoken::encode(&shared, &said, &EncodingKey::from_secret(key.jwk().to_string().as_bytes())).unwrap();
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let swapped = other.sign(&said);
    let rows = [
        (unsigned(&json!({ "alg": "none" })), Doubt::Algorithm),
        (format!("{}.", unsigned(&json!({ "alg": "none" })).rsplit_once('.').unwrap().0), Doubt::Algorithm),
        (confused, Doubt::Algorithm),
        (unsigned(&json!({ "alg": "ES384", "kid": "one" })), Doubt::Algorithm),
        (unsigned(&json!({ "alg": "EdDSA", "kid": "strange" })), Doubt::Algorithm),
        // An algorithm that is taken, but not of that key.
        (unsigned(&json!({ "alg": "RS256", "kid": "one" })), Doubt::Key),
        (Signing::new("two").sign(&said), Doubt::Key),
        (swapped.clone(), Doubt::Signature),
        (format!("{head}.{body}.{}", swapped.rsplit_once('.').unwrap().1), Doubt::Signature),
        (format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(r#"{"sub":"8"}"#)), Doubt::Signature),
        (format!("{head}.{body}"), Doubt::Malformed),
        (format!("{good}.more"), Doubt::Malformed),
        (String::new(), Doubt::Malformed),
    ];
    for (token, expected) in rows {
        assert_eq!(verified(&token, &keys), Err(expected), "{token}");
    }
    assert_eq!(verified(&good, &keys).unwrap()["sub"], "7");
    assert!(Keys::read(b"{}").is_none() && Keys::read(b"<html>").is_none());
}

fn new() -> NewProvider {
    NewProvider {
        name: "国家平台".to_owned(),
        issuer: "https://a.example".to_owned(),
        client: "us".to_owned(),
        order: 1,
        ..NewProvider::default()
    }
}

#[test]
fn what_cannot_be_right_of_a_provider_is_told_field_by_field() {
    let places = |authorize: &str| Places {
        authorize: authorize.to_owned(),
        token: "https://a.example/t".to_owned(),
        userinfo: "https://a.example/u".to_owned(),
        inside: String::new(),
    };
    let text = |it: &str| it.to_owned();
    let rows = [
        (NewProvider { name: String::new(), ..new() }, "name"),
        (NewProvider { issuer: text("http://a.example"), ..new() }, "issuer"),
        (NewProvider { issuer: text("http://localhost:1"), ..new() }, "issuer"),
        (NewProvider { issuer: text("https://u:p@a.example"), ..new() }, "issuer"),
        (NewProvider { issuer: text("https://a.example?x=1"), ..new() }, "issuer"),
        (NewProvider { issuer: text("file:///etc/passwd"), ..new() }, "issuer"),
        (NewProvider { levels: text("high=4"), ..new() }, "levels"),
        (NewProvider { levels: text("high"), ..new() }, "levels"),
        (NewProvider { levels: text("high=1\nhigh=2"), ..new() }, "levels"),
        (NewProvider { order: 0, ..new() }, "order"),
        (NewProvider { dialect: Dialect::Oauth2, places: places("javascript:1"), ..new() }, "authorize"),
        (NewProvider { dialect: Dialect::Oauth2, places: places("https://a.example/a"), ..new() }, "subject_field"),
        (NewProvider { dialect: Dialect::Oauth2, two_factors: text("mfa"), ..new() }, "two_factors"),
    ];
    for (n, (wrong, field)) in rows.into_iter().enumerate() {
        let faults = wrong.check(None).unwrap_err();
        assert!(faults.iter().any(|it| it.field == field), "row {n}: {field}: {faults:?}");
    }
    let right = new().check(None).unwrap();
    assert_eq!((right.scopes.as_str(), right.fields.subject.as_str()), ("openid", "sub"));
    let moved = NewProvider { issuer: "https://b.example".to_owned(), ..new() }.check(Some(&right)).unwrap();
    assert_eq!(moved.issuer, right.issuer, "another issuer's people would be taken for this one's");
}

#[test]
fn a_vendor_is_registered_with_all_that_its_dialect_needs_and_nothing_else() {
    let by = |subject: &str| Fields { subject: subject.to_owned(), ..Fields::default() };
    let wechat = |client: &str, inside: &str, subject: &str| NewProvider {
        dialect: Dialect::Wechat,
        client: client.to_owned(),
        secret: if client.is_empty() { String::new() } else { "s".to_owned() },
        inside_client: inside.to_owned(),
        inside_secret: if inside.is_empty() { String::new() } else { "s".to_owned() },
        fields: by(subject),
        ..new()
    };
    let alipay = |private: &str, public: &str| NewProvider {
        dialect: Dialect::Alipay,
        secret: private.to_owned(),
        public_key: public.to_owned(),
        fields: by("open_id"),
        ..new()
    };
    let (private, public, own) = (super::vendors::APP, super::vendors::ALIPAY_PUBLIC, super::vendors::APP_PUBLIC);
    let rows = [
        (wechat("", "", "openid"), "client"),
        (NewProvider { secret: String::new(), ..wechat("a", "", "openid") }, "secret"),
        (NewProvider { inside_secret: String::new(), ..wechat("", "b", "openid") }, "inside_secret"),
        (wechat("a", "b", "openid"), "subject_field"),
        (wechat("a", "", "sub"), "subject_field"),
        (
            NewProvider {
                places: Places { inside: "http://x".to_owned(), ..Places::default() },
                ..wechat("a", "", "openid")
            },
            "inside",
        ),
        (NewProvider { client: String::new(), ..alipay(private, public) }, "client"),
        (alipay("", public), "secret"),
        (alipay("no key", public), "secret"),
        (alipay(public, public), "secret"),
        (alipay(private, ""), "public_key"),
        (alipay(private, "no key"), "public_key"),
        (alipay(private, own), "public_key"),
        (NewProvider { fields: by("sub"), ..alipay(private, public) }, "subject_field"),
    ];
    for (n, (wrong, field)) in rows.into_iter().enumerate() {
        let faults = wrong.check(None).unwrap_err();
        assert!(faults.iter().any(|it| it.field == field), "row {n}: {field}: {faults:?}");
    }
    let it = NewProvider { levels: "x=3".to_owned(), ..wechat("a", "b", "unionid") }.check(None).unwrap();
    assert_eq!((it.places.token.as_str(), it.levels.len()), ("https://api.weixin.qq.com/sns/oauth2/access_token", 0));
    assert!(wechat("", "b", "openid").check(None).unwrap().open());
    let it = alipay(private, public).check(None).unwrap();
    assert_eq!((it.places.token.as_str(), it.scopes.as_str()), ("https://openapi.alipay.com/gateway.do", "auth_user"));
    assert!(alipay("", public).check(Some(&it)).is_err(), "without a key that is kept");
}

#[test]
fn addresses_are_https_or_this_machine_by_number() {
    for wrong in ["", "a", "ftp://a.example", "http://10.0.0.1", "http://a.example", "https://a.example/#x"] {
        assert!(address(wrong).is_none(), "{wrong}");
    }
    for right in ["https://a.example", "http://127.0.0.1:3000/op", "http://[::1]:1/"] {
        assert!(address(right).is_some(), "{right}");
    }
}

fn provider() -> ProviderState {
    let mut new = new();
    new.fields.name = "name".to_owned();
    new.fields.level = "level".to_owned();
    new.fields.mobile = "phone_number".to_owned();
    (new.levels, new.two_factors) = ("low=1\n3=3".to_owned(), "urn:two".to_owned());
    new.check(None).unwrap()
}

#[test]
fn a_level_means_what_is_registered_and_two_factors_are_believed_of_what_is_signed() {
    let object = |value: Value| value.as_object().unwrap().clone();
    let rows = [
        (json!({ "sub": "7" }), json!({}), 0, false),
        (json!({ "sub": "7", "level": "high" }), json!({}), 0, false),
        (json!({ "sub": "7", "level": "low" }), json!({ "level": "3" }), 1, false),
        (json!({ "sub": "7" }), json!({ "level": 3 }), 3, false),
        (json!({ "sub": "7" }), json!({ "acr": "urn:two" }), 0, false),
        (json!({ "sub": "7", "acr": "urn:one" }), json!({}), 0, false),
        (json!({ "sub": "7", "acr": "urn:two" }), json!({}), 0, true),
    ];
    for (signed, more, level, strong) in rows {
        let told = Told::read(&provider(), &object(signed.clone()), &object(more.clone())).unwrap();
        assert_eq!((told.level, told.strong), (level, strong), "{signed} {more}");
    }
    assert!(Told::read(&provider(), &Map::new(), &object(json!({ "sub": ["7"] }))).is_none());
    let told = Told::read(&provider(), &Map::new(), &object(json!({ "sub": 7, "phone_number": "+8613900000001" })));
    assert_eq!(told.unwrap().mobile, "13900000001");
    assert_eq!(NOON.micros(), NOW * 1_000_000, "the clock of these tables is the testkit's");
}
