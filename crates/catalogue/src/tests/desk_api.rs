//! A department's own system keeps an item over the interface, from its first draft to the public.

use serde_json::{Value, json};
use testkit::{Answer, Site, Visitor};

use super::{authority, licence, lifecycle::hand, sites};
use crate::{CATALOGUE, LEGAL_CHECK, OFFICE_CHECK, put_base};

const USCC: &str = "11341600000000019Q";

async fn post(site: &Site, who: &Visitor, path: &str, body: Value) -> Answer {
    site.call(who, "POST", &format!("/api/v1/desk/items{path}"), body).await
}

#[tokio::test]
async fn an_item_goes_from_draft_to_public_over_the_interface_with_the_same_separate_hands() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        put_base(&system, db, 0, licence().base.as_ref().unwrap()).await.unwrap();
        let writer = hand(&site, CATALOGUE, Some(office)).await.0;
        let checker = hand(&site, OFFICE_CHECK, None).await.0;
        let lawyer = hand(&site, LEGAL_CHECK, None).await.0;

        let mut document = serde_json::to_value(licence()).unwrap();
        document["conditions"] = json!([]);
        let new = json!({ "authority": office, "document": document });
        assert_eq!(post(&site, &site.anonymous(), "", new.clone()).await.status, 401, "{}", site.engine);
        assert_eq!(post(&site, &lawyer, "", new.clone()).await.status, 403);
        let made = post(&site, &writer, "", new).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let made = made.json();
        let (id, version) = (made["id"].as_str().unwrap().to_owned(), made["version"].as_i64().unwrap());
        assert_eq!((made["stage"].as_str(), made["number"].as_i64()), (Some("writing"), Some(0)));
        assert!(made["findings"].as_array().unwrap().iter().any(|it| it["blocks"] == true), "{}", made["findings"]);

        let refused = post(&site, &writer, &format!("/{id}/submit"), json!({ "version": version })).await;
        assert_eq!(refused.status, 422);
        assert!(refused.json()["errors"][0]["message"].as_str().is_some_and(|it| !it.is_empty()), "{}", refused.body);

        document["conditions"] = serde_json::to_value(licence()).unwrap()["conditions"].clone();
        let path = format!("/api/v1/desk/items/{id}");
        let stale = json!({ "version": version + 5, "document": document });
        assert_eq!(site.call(&writer, "PUT", &path, stale).await.status, 409, "nothing is overwritten");
        let saved = site.call(&writer, "PUT", &path, json!({ "version": version, "document": document })).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let version = saved.json()["version"].as_i64().unwrap();
        assert_eq!(saved.json()["percent"], 100);

        let step = |version: i64| json!({ "version": version });
        assert_eq!(post(&site, &writer, &format!("/{id}/submit"), step(version)).await.status, 200);
        assert_eq!(post(&site, &writer, &format!("/{id}/pass"), step(version + 1)).await.status, 403);
        let back =
            json!({ "version": version + 1, "remarks": [{ "field": "conditions", "reason": "第一项没有依据" }] });
        let empty = json!({ "version": version + 1, "remarks": [] });
        assert_eq!(post(&site, &checker, &format!("/{id}/return"), empty).await.status, 422, "a reason is owed");
        assert_eq!(post(&site, &checker, &format!("/{id}/return"), back).await.json()["stage"], "writing");
        assert_eq!(post(&site, &writer, &format!("/{id}/submit"), step(version + 2)).await.json()["stage"], "office");
        assert_eq!(post(&site, &checker, &format!("/{id}/pass"), step(version + 3)).await.json()["stage"], "legal");
        assert_eq!(post(&site, &writer, &format!("/{id}/publish"), step(version + 4)).await.status, 409);
        assert_eq!(post(&site, &lawyer, &format!("/{id}/pass"), step(version + 4)).await.json()["stage"], "ready");
        let out = post(&site, &writer, &format!("/{id}/publish"), step(version + 5)).await;
        assert_eq!(out.json(), json!({ "number": 1, "waits_for": null }));
        assert_eq!(site.get(&site.anonymous(), &format!("/api/v1/items/{id}")).await.status, 200);

        let act = json!({ "kind": "suspend", "basis": "亳机编〔2026〕1号", "effect": "2030-01-01" });
        let proposed =
            post(&site, &writer, &format!("/{id}/acts"), json!({ "version": version + 6, "act": act })).await;
        assert_eq!(proposed.status, 201, "{}", proposed.body);
        let act = proposed.json()["id"].as_str().unwrap().to_owned();
        let decide = format!("/{id}/acts/{act}/decide");
        assert_eq!(post(&site, &writer, &decide, json!({})).await.status, 403, "who proposes does not decide");
        assert_eq!(post(&site, &checker, &decide, json!({ "refusal": " " })).await.status, 422);
        assert_eq!(post(&site, &checker, &decide, json!({})).await.status, 204);
        assert_eq!(post(&site, &checker, &decide, json!({ "refusal": "晚了" })).await.status, 409, "decided once");
        let listed = site.get(&writer, &format!("/api/v1/desk/items?authority={office}")).await.json();
        assert_eq!(listed["items"][0]["id"].as_str(), Some(&*id));
    }
}
