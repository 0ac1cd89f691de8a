//! Files are kept whole, once, and never handed out altered.

use std::{fs, path::PathBuf};

use super::*;

struct Store {
    blobs: Blobs,
    folder: TempDir,
}

fn store() -> Store {
    let folder = TempDir::new().unwrap();
    Store { blobs: Blobs::open(folder.path()).unwrap(), folder }
}

impl Store {
    fn file(&self, id: &str) -> PathBuf {
        self.folder.path().join("files").join(&id[..2]).join(&id[2..])
    }
}

#[tokio::test]
async fn a_file_altered_on_disk_is_not_handed_out() {
    let store = store();
    let id = store.blobs.put(b"decision".to_vec()).await.unwrap();
    fs::write(store.file(&id), b"decisiom").unwrap();
    let told = internal(store.blobs.get(&id).await);
    assert!(told.contains(&id), "{told}");
    assert_eq!(store.blobs.put(b"decision".to_vec()).await.unwrap(), id);
    assert_eq!(store.blobs.get(&id).await.unwrap(), b"decision", "the same bytes mend it");
}

#[tokio::test]
async fn a_name_that_is_none_is_not_found_and_leads_nowhere() {
    let store = store();
    let id = store.blobs.put(b"x".to_vec()).await.unwrap();
    for name in ["", "site", "../../etc/passwd", &id.to_uppercase(), &id[..63], &format!("{}/{}", &id[..2], &id[3..])] {
        assert!(matches!(store.blobs.get(name).await, Err(Error::NotFound { .. })), "{name}");
        assert!(store.blobs.delete(name).await.is_err(), "{name}");
    }
    assert!(matches!(store.blobs.get(&"0".repeat(64)).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_file_is_kept_under_the_sm3_of_its_bytes_and_once() {
    let store = store();
    // GB/T 32905, example 1.
    let name = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    for _ in 0..2 {
        assert_eq!(store.blobs.put(b"abc".to_vec()).await.unwrap(), name);
    }
    assert_eq!(store.blobs.list("", 10).await.unwrap(), [name]);
    assert!(store.blobs.exists(name).await.unwrap());
    store.blobs.delete(name).await.unwrap();
    store.blobs.delete(name).await.unwrap();
    assert!(!store.blobs.exists(name).await.unwrap());
}

#[tokio::test]
async fn the_list_is_paged_in_order_and_leaves_none_out() {
    let store = store();
    let mut all = Vec::new();
    for number in 0..50_u8 {
        all.push(store.blobs.put(vec![number]).await.unwrap());
    }
    store.blobs.mark("site").await.unwrap();
    all.sort();
    let mut listed: Vec<String> = Vec::new();
    loop {
        let after = listed.last().cloned().unwrap_or_default();
        let page = store.blobs.list(&after, 7).await.unwrap();
        assert!(page.len() <= 7);
        if page.is_empty() {
            break;
        }
        listed.extend(page);
    }
    assert_eq!(listed, all);
}

#[tokio::test]
async fn a_node_that_does_not_see_its_sites_mark_must_not_start() {
    let store = store();
    let refused = |outcome: Result<()>| assert!(matches!(outcome, Err(Error::Refused { .. })), "{outcome:?}");
    refused(store.blobs.check_mark("one").await);
    store.blobs.mark("one").await.unwrap();
    store.blobs.mark("one").await.unwrap();
    store.blobs.check_mark("one").await.unwrap();
    refused(store.blobs.check_mark("other").await);
    refused(store.blobs.mark("other").await);
    store.blobs.check_mark("one").await.unwrap();
}
