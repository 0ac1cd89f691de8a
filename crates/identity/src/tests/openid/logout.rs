//! Signing out, here and everywhere.

use super::{between, claims, worlds};
use crate::service::openid::logout;

#[tokio::test]
async fn a_session_that_ends_takes_its_tokens_along_and_its_systems_are_told() {
    for mut world in worlds().await {
        let told = world.register(&[("backchannel", "https://bdc.example.gov.cn/logout")]).await;
        let given = world.tokens(&told, "openid profile").await;
        let lasting = world.register(&[]).await;
        let kept = world.tokens(&lasting, "openid offline_access").await;
        let sid = claims(given["id_token"].as_str().unwrap())["sid"].clone();
        world.citizen.get("/me").await;
        world.citizen.post("/logout", &[]).await;
        assert!(!world.active(&told, given["access_token"].as_str().unwrap()).await, "{}", world.site.engine);
        assert!(
            world.active(&lasting, kept["access_token"].as_str().unwrap()).await,
            "what was agreed to outlive it does"
        );
        let refresh = given["refresh_token"].as_str().unwrap();
        let gone = world.token(&told, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
        assert_eq!(gone.json()["error"], "invalid_grant");
        let (app, ctx) = (&world.site.app, world.site.app.system("test"));
        logout::sweep(app, &ctx).await.unwrap();
        logout::sweep(app, &ctx).await.unwrap();
        let waiting = journal::outbox::waiting(&app.db).await.unwrap();
        assert_eq!(waiting.iter().map(|it| it.messages).sum::<i64>(), 1, "{}: one message, once", world.site.engine);
        let sent = Sent::default();
        journal::outbox::deliver(&app.db, &ctx, &[&Courier { app: app.clone(), sent: sent.clone() }]).await.unwrap();
        let sent = sent.lock().unwrap().clone();
        let (address, form) = sent.first().expect("one was sent");
        assert_eq!(address, "https://bdc.example.gov.cn/logout");
        let said = claims(form.strip_prefix("logout_token=").unwrap());
        assert_eq!((&said["aud"], &said["sid"]), (&told.id.as_str().into(), &sid));
        assert!(said["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
        assert!(said.get("nonce").is_none(), "so that nobody takes it for an ID token");
    }
}

type Sent = std::sync::Arc<std::sync::Mutex<Vec<(String, String)>>>;

/// Keeps what it would send.
struct Courier {
    app: webkit::App,
    sent: Sent,
}

#[async_trait::async_trait]
impl journal::outbox::Courier for Courier {
    fn kind(&self) -> &'static str {
        crate::LOGOUT_MESSAGE
    }

    async fn send(&self, ctx: &kernel::Ctx, message: &journal::outbox::Message) -> kernel::Result<()> {
        let notice = crate::logout_notice(ctx, &self.app, &message.body).await?.expect("somebody to tell");
        self.sent.lock().unwrap().push((notice.address, notice.form));
        Ok(())
    }
}

#[tokio::test]
async fn another_system_may_sign_out_whom_it_knows_and_must_ask_otherwise() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let given = world.tokens(&client, "openid").await;
        let bye = "https%3A%2F%2Fbdc.example.gov.cn%2Fbye";
        let id = client.id.clone();
        let asked =
            world.citizen.get(&format!("/oauth/logout?client_id={id}&post_logout_redirect_uri={bye}&state=7")).await;
        assert!(asked.status == 200 && asked.body.contains("要退出登录吗"), "{}", asked.body);
        assert!(world.citizen.get("/me").await.status == 200, "still signed in");
        let hint = given["id_token"].as_str().unwrap().to_owned();
        let evil = "https%3A%2F%2Fevil.example";
        let gone = world
            .citizen
            .get(&format!("/oauth/logout?id_token_hint={hint}&post_logout_redirect_uri={bye}&state=7"))
            .await;
        assert_eq!(gone.location, "https://bdc.example.gov.cn/bye?state=7", "{}", world.site.engine);
        assert_eq!(world.citizen.get("/me").await.status, 303, "signed out");
        let nowhere =
            world.citizen.get(&format!("/oauth/logout?id_token_hint={hint}&post_logout_redirect_uri={evil}")).await;
        assert_eq!(nowhere.location, "/", "an address that nobody registered is not believed");
        super::sign_in(&mut world.citizen, "zhiyuan").await;
        let old =
            world.citizen.get(&format!("/oauth/logout?id_token_hint={hint}&post_logout_redirect_uri={bye}")).await;
        assert!(old.body.contains("要退出登录吗"), "the hint is of another session: {}", old.body);
        let fields =
            [("client_id", client.id.as_str()), ("post_logout_redirect_uri", "https://bdc.example.gov.cn/bye")];
        let gone = world.citizen.post("/logout/everywhere", &fields).await;
        assert_eq!(between(&gone.body, "content=\"0;url=", "\""), "https://bdc.example.gov.cn/bye");
    }
}
