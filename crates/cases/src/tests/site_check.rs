//! A check on site from the photograph to the second officer's word, on the desk; files of officers.

use testkit::{Answer, Visitor};

use super::{
    album::photograph,
    world::{PDF, World, officer, worlds},
};
use crate::{CaseId, DECIDE, REVIEW, SEE};

/// A JPEG by its first bytes.
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photograph";

impl World {
    /// Uploads a file of an officer's.
    async fn exhibit(&self, who: &Visitor, id: CaseId, (name, bytes): (&str, &[u8])) -> Answer {
        self.site.upload(who, &format!("/desk/cases/{id}/exhibits"), &[], ("file", name, bytes)).await
    }

    /// A second reviewer, in the register of posts, with a visitor of its own.
    async fn second(&self) -> Visitor {
        let visitor = officer(&self.site, "周同行", &[SEE, REVIEW], self.authority).await;
        let (system, person) = (self.site.app.system("test"), visitor.person.expect("a person"));
        let post = identity::NewPost::from_today(person, "review", Some(self.authority));
        identity::grant_post(&system, &self.site.app, &post).await.expect("a post");
        visitor
    }
}

#[tokio::test]
async fn a_check_on_site_needs_a_photograph_a_second_officer_and_that_ones_own_confirmation() {
    for world in worlds().await {
        let (id, engine, second) = (world.accepted().await, world.site.engine, world.second().await);
        world.done(&world.review, id, &[("act", "start_review")]).await;
        let other = second.person.expect("a person").to_string();
        let check = [
            ("act", "record_check"),
            ("checked_on", "2026-03-02"),
            ("second", other.as_str()),
            ("finding", "洗消水池<三个>，与图纸一致"),
        ];
        let bare = world.form(&world.review, id, &check).await;
        assert!(bare.status == 422 && bare.body.contains("还没有现场照片"), "{engine}: {}", bare.body);
        for (name, bytes, says) in
            [("照片.jpg", b"<script>".as_slice(), "只能上传 PDF、JPG、PNG 或 OFD"), ("空.jpg", b"", "空的")]
        {
            let answer = world.exhibit(&world.review, id, (name, bytes)).await;
            assert!(answer.status == 422 && answer.body.contains(says), "{engine}: {} {}", answer.status, answer.body);
        }
        for who in [&world.applicant, &world.issue] {
            assert_eq!(world.exhibit(who, id, ("照片.jpg", PHOTO)).await.status, 403, "{engine}");
        }
        for (name, bytes) in [("大门.jpg", PHOTO), ("错的.pdf", PDF)] {
            assert_eq!(world.exhibit(&world.review, id, (name, bytes)).await.status, 303, "{engine}");
        }
        let page = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(page.contains("大门.jpg") && page.contains("还没有提交"), "{engine}: {page}");
        let away = world.site.post(&world.review, &format!("/desk/cases/{id}/exhibits/2/remove"), &[]).await;
        assert_eq!(away.status, 303, "{engine}: {}", away.body);
        for wrong in [world.review.person, world.decide.person] {
            let wrong = wrong.expect("a person").to_string();
            let answer = world.form(&world.review, id, &[check[0], check[1], ("second", &wrong), check[3]]).await;
            assert!(answer.status == 422 && answer.body.contains("另一名工作人员"), "{engine}: {}", answer.body);
        }
        world.done(&world.review, id, &check).await;
        let kept = world.site.post(&world.review, &format!("/desk/cases/{id}/exhibits/1/remove"), &[]).await;
        assert_eq!(kept.status, 409, "{engine}: what an act names stays");

        let early = world.form(&world.review, id, &[("act", "recommend"), ("favour", "yes"), ("opinion", "好")]).await;
        assert!(early.status == 409 && early.body.contains("还没有经另一名核查人员确认"), "{engine}: {}", early.body);
        // Whoever has the case in hand, the second officer confirms.
        crate::claim_case(&world.ctx(&world.review), &world.site.app, id, true).await.expect("claimed");
        let confirm = [("act", "confirm_check"), ("agrees", "yes")];
        let alone = world.form(&world.review, id, &confirm).await;
        assert!(alone.status == 409 && alone.body.contains("本人确认"), "{engine}: {}", alone.body);
        let page = world.page(&second, &format!("/desk/cases/{id}")).await;
        assert!(page.contains("您是一同核查的人") && page.contains("洗消水池&#60;三个&#62;"), "{engine}: {page}");
        let photo = world.site.get(&second, &format!("/desk/cases/{id}/exhibits/1")).await;
        assert_eq!((photo.status, photo.kind.as_str(), photo.bytes.as_ref()), (200, "image/jpeg", PHOTO), "{engine}");
        assert_eq!(world.site.get(&world.applicant, &format!("/desk/cases/{id}/exhibits/1")).await.status, 403);
        world.done(&second, id, &confirm).await;
        world.done(&world.review, id, &[("act", "recommend"), ("favour", "yes"), ("opinion", "好")]).await;
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(
            own.contains("现场核查经两名工作人员确认") && !own.contains("洗消水池") && !own.contains("周同行"),
            "{engine}: {own}"
        );
        assert!(world.verified().await, "{engine}");
        let late = officer(&world.site, "吴审批", &[SEE, DECIDE], world.authority).await;
        world.done(&late, id, &[("act", "approve")]).await;
        let after = world.exhibit(&world.review, id, ("补.jpg", PHOTO)).await;
        assert_eq!(after.status, 303, "told on the page of the case");
        let page = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(!page.contains("补.jpg"), "{engine}: nothing is added after the decision");
    }
}

#[tokio::test]
async fn a_photograph_of_an_officer_is_seen_small_by_officers_alone_and_goes_with_its_file() {
    for world in worlds().await {
        let (id, engine) = (world.accepted().await, world.site.engine);
        let blobs = async || world.site.app.blobs.list("", 10_000).await.expect("a list").len();
        let before = blobs().await;
        for (name, bytes) in [("大门.jpg", photograph(7).as_slice()), ("坏的.jpg", PHOTO), ("报告.pdf", PDF)] {
            assert_eq!(world.exhibit(&world.review, id, (name, bytes)).await.status, 303, "{engine}");
        }
        let place = |number: i64| format!("/desk/cases/{id}/exhibits/{number}/thumb");
        let small = world.site.get(&world.decide, &place(1)).await;
        assert_eq!((small.status, small.kind.as_str()), (200, "image/jpeg"), "{engine}");
        for number in [2, 3, 4] {
            assert_eq!(world.site.get(&world.decide, &place(number)).await.status, 404, "{engine}: {number}");
        }
        let stranger = world.site.person("路人", &[]);
        for who in [&world.applicant, &stranger] {
            assert_eq!(world.site.get(who, &place(1)).await.status, 403, "{engine}");
        }
        let page = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(page.contains(&place(1)) && !page.contains(&place(2)), "{engine}: {page}");
        for number in 1..=3 {
            let path = format!("/desk/cases/{id}/exhibits/{number}/remove");
            assert_eq!(world.site.post(&world.review, &path, &[]).await.status, 303, "{engine}");
        }
        assert_eq!(blobs().await, before, "{engine}: nothing of them is left");
    }
}
