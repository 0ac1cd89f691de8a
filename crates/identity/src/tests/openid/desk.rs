//! The desk of systems.

use super::{CALLBACK, Registered, between, worlds};

#[tokio::test]
async fn a_system_is_registered_only_with_safe_addresses_and_a_purpose_for_each_fact() {
    for mut world in worlds().await {
        let office = world.authority.clone();
        let good = [
            ("office", office.as_str()),
            ("name", "不动产登记系统"),
            ("kind", "web"),
            ("redirects", CALLBACK),
            ("scopes", "openid"),
        ];
        let table: &[(&str, &str, &str)] = &[
            ("office", "没有的局", "没有这个实施主体"),
            ("name", "", "请填写系统名称"),
            ("redirects", "", "至少一个返回地址"),
            ("redirects", "http://bdc.example.gov.cn/callback", "须以 https:// 开头"),
            ("redirects", "http://localhost/callback", "须以 https:// 开头"),
            ("redirects", "https://*.example.gov.cn/callback", "通配符"),
            ("redirects", "https://bdc.example.gov.cn/#x", "不能含有 #"),
            ("redirects", "https://a:b@bdc.example.gov.cn/", "用户名或密码"),
            ("redirects", "javascript:alert(1)", "须以 https:// 开头"),
            ("redirects", "https://a.example/x\nhttps://b.example/x", "分属几个主机"),
            ("backchannel", "http://10.0.0.8/logout", "须以 https:// 开头"),
            ("scopes", "profile", "请填写「姓名」的用途"),
            ("by_key", "yes", "公钥集应为 JWK 格式"),
        ];
        for (name, value, why) in table {
            world.desk.get("/desk/clients/new").await;
            let mut fields: Vec<_> = good.iter().copied().filter(|it| it.0 != *name).collect();
            fields.push((name, value));
            let shown = world.desk.post("/desk/clients", &fields).await;
            assert_eq!(shown.status, 422, "{name} {value}");
            assert!(shown.body.contains(why), "{name} {value}: {}", shown.body);
        }
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_and_both_are_good_until_the_old_one_is_dropped() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        assert!(client.secret.starts_with("yw_cs_") && client.secret.len() > 40, "{}", client.secret);
        let page = format!("/desk/clients/{}", client.id);
        let shown = world.desk.get(&page).await;
        assert!(!shown.body.contains(&client.secret), "{}", world.site.engine);
        let version = |body: &str| between(body, "name=\"version\" value=\"", "\"").to_owned();
        let made = world.desk.post(&format!("{page}/secret"), &[("version", &version(&shown.body))]).await;
        let secret = between(&made.body, "client_secret）</dt><dd><span class=\"code\">", "<").to_owned();
        let renewed = Registered { id: client.id.clone(), secret };
        assert!(!world.active(&client, "x").await && !world.active(&renewed, "x").await, "both are known");
        let shown = world.desk.get(&page).await;
        assert!(shown.body.contains("旧密钥有效至"), "{}", shown.body);
        world.desk.post(&format!("{page}/secret/drop"), &[("version", &version(&shown.body))]).await;
        let old = world.ask(&client, "/oauth/introspect", &[("token", "x")]).await;
        assert_eq!(old.status, 401, "{}", world.site.engine);
        assert!(!world.active(&renewed, "x").await);
        let stale = world.desk.post(&format!("{page}/secret"), &[("version", "1")]).await;
        assert_eq!(stale.status, 409, "who comes second is told");
    }
}

#[tokio::test]
async fn a_form_sent_twice_registers_one_system_and_the_list_shows_it() {
    for mut world in worlds().await {
        let shown = world.desk.get("/desk/clients/new").await;
        let key = between(&shown.body, "name=\"key\" value=\"", "\"").to_owned();
        world.register(&[("key", &key)]).await;
        let office = world.authority.clone();
        let again = [
            ("office", office.as_str()),
            ("name", "不动产登记系统"),
            ("kind", "web"),
            ("redirects", CALLBACK),
            ("scopes", "openid"),
            ("key", key.as_str()),
        ];
        let shown = world.desk.post("/desk/clients", &again).await;
        assert!(shown.status == 422 && shown.body.contains("已经办过"), "{}", shown.body);
        let list = world.desk.get("/desk/clients").await;
        assert_eq!(list.body.matches("不动产登记系统").count(), 1, "{}", world.site.engine);
        assert_eq!(world.citizen.get("/desk/clients").await.status, 403);
    }
}
