//! Every route × every kind of person, and a machine at the API. The table is generated from the router and asked of the running site, so that a new route
//! without an answer fails, and a change of permission is seen as a diff of `docs/permissions.md`.

use std::fmt::Write;

use kernel::{Authority, Id, Permission};
use testkit::{Site, Visitor};
use webkit::{Access, Route};

use crate::site::AREAS;

/// Every kind of person: nobody, a citizen, one holder of each kind of post at an authority, and a machine that holds one.
fn kinds(site: &Site, authority: Id<Authority>) -> Vec<(String, Visitor)> {
    let mut out = vec![("未登录".to_owned(), site.anonymous()), ("申请人".to_owned(), site.person("陈某", &[]))];
    for post in AREAS.iter().flat_map(|it| it.posts) {
        let grants: Vec<(Permission, Option<Id<Authority>>)> =
            post.permissions.iter().map(|it| (*it, Some(authority))).collect();
        let who = if post.is_of_systems() { site.machine(post.name, &grants) } else { site.person(post.name, &grants) };
        out.push((post.name.to_owned(), who));
    }
    // A machine's posts give it what they give people; this one has the first kind that anybody has at a case.
    let accept = AREAS.iter().flat_map(|it| it.posts).find(|it| it.code == "accept").expect("a post");
    let grants: Vec<_> = accept.permissions.iter().map(|it| (*it, Some(authority))).collect();
    out.push(("机器（受理）".to_owned(), site.machine("机器", &grants)));
    out
}

/// A thing that does not exist: whoever is let in as far as the thing is told that there is none.
const NOTHING: &str = "00000000000070008000000000000000";

fn path(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| match part.trim_matches(['{', '}', '*']) {
        _ if !part.starts_with('{') => part,
        "division" | "code" => "341600000000",
        "number" | "n" | "version" | "file" | "key" | "name" => "1",
        _ => NOTHING,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What the answer means for the one who asked.
fn verdict(status: u16, location: &str) -> &'static str {
    match status {
        401 => "须登录",
        303 if location.starts_with("/login?next=") => "须登录",
        403 => "无权",
        500.. => "故障",
        _ => "可",
    }
}

#[tokio::test]
async fn every_route_answers_every_kind_of_person_as_the_table_says() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let authority = site.app.system("test").new_id();
        let people = kinds(&site, authority);
        let routes = webkit::all_routes(AREAS, true);
        let mut table: Vec<_> = routes.table().to_vec();
        table.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
        let mut text = head(&people);
        let mut faults = Vec::new();
        for route in &table {
            let _ = write!(text, "| {} {} | {} |", route.method, route.path, words(route.access));
            for (kind, who) in &people {
                let answer = ask(&site, who, route).await;
                let verdict = verdict(answer.status, &answer.location);
                if verdict == "故障" || (route.access != Access::Public && kind == "未登录" && verdict != "须登录")
                {
                    faults
                        .push(format!("{} {} for {kind}: {} {}", route.method, route.path, answer.status, answer.body));
                }
                let _ = write!(text, " {verdict} |");
            }
            text.push('\n');
        }
        assert!(faults.is_empty(), "{}: {faults:#?}", site.engine);
        super::committed("permissions.md", &text);
    }
}

fn head(people: &[(String, Visitor)]) -> String {
    let names: Vec<_> = people.iter().map(|it| it.0.as_str()).collect();
    format!(
        "# Who may come in where\n\nGenerated from the router by `UPDATE=1 cargo test -p yiwang`: each route asked by each kind of person, \
         officers holding one post at one authority. «可»: let in as far as the thing, which does not exist here; what one may do with a \
         given thing is asked in the service with its scope and tested there; with a case: [relations.md](relations.md).\n\n| route | question | {} |\n|---|---|{}\n",
        names.join(" | "),
        "---|".repeat(names.len())
    )
}

fn words(access: Access) -> String {
    match access {
        Access::Public => "公开".to_owned(),
        Access::SignedIn => "登录".to_owned(),
        Access::May(permission) => format!("{} `{}`", permission.words, permission.code),
    }
}

async fn ask(site: &Site, who: &Visitor, route: &Route) -> testkit::Answer {
    let path = path(route);
    let kind = match route.method.as_str() {
        "GET" => "",
        _ if route.path.starts_with("/api/") => "application/json",
        _ => "application/x-www-form-urlencoded",
    };
    let body = if kind == "application/json" { b"{}".to_vec() } else { Vec::new() };
    site.send(who, (&route.method, &path), kind, body).await
}
