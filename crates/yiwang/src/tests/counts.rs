//! Every page and endpoint that reads asks the database as often for many rows as for few. The table is the router's own, so a new
//! route is counted without being named here.

use super::world::World;
use crate::site::AREAS;

/// How many of everything there are at the first count and at the second.
const FEW: usize = 10;
const MANY: usize = 24;
/// Names how many there are at the second count instead: 10,000 by the command in CONTRIBUTING.
const ROWS: &str = "YIWANG_COUNT_ROWS";

fn many() -> usize {
    std::env::var(ROWS).ok().and_then(|it| it.parse().ok()).unwrap_or(MANY)
}

/// How many queries each reading route costs each kind of person, and what it answers.
async fn counts(world: &World) -> Vec<(String, u16, u64)> {
    let routes = webkit::all_routes(AREAS, true);
    let mut out = Vec::new();
    let people =
        [("anybody", world.site.anonymous()), ("citizen", world.citizen.clone()), ("officer", world.officer.clone())];
    for (kind, who) in people.into_iter().chain([("chief", world.chief.clone())]) {
        for route in routes.table().iter().filter(|it| it.method == "GET") {
            let path = world.path(route);
            // What is read once and kept, is.
            world.site.get(&who, &path).await;
            let before = world.site.app.db.queries();
            let status = world.site.get(&who, &path).await.status;
            out.push((format!("{kind} {} ({path})", route.path), status, world.site.app.db.queries() - before));
        }
    }
    out
}

#[tokio::test]
async fn every_page_asks_as_often_for_many_rows_as_for_few() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let mut world = World::of(site).await;
        world.grow(FEW).await;
        let few = counts(&world).await;
        world.grow(many()).await;
        let many = counts(&world).await;
        assert!(few.iter().filter(|it| it.1 == 200).count() > 60, "most pages are really shown");
        let differ: Vec<_> = few.iter().zip(&many).filter(|it| it.0 != it.1).collect();
        assert!(differ.is_empty(), "{}: few, many: {differ:#?}", world.site.engine);
    }
}
