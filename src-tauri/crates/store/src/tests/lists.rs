//! Accounts, contacts, requests, conversations, settings.

use confab_model::{
    Contact, ContactRequest, ConversationChange, ConversationPage, FolderTotal, FolderTotals, PresenceShow,
    ServerAddress, Subscription,
};

use super::{at, id, incoming, jid, world};
use crate::{ReceivedMessage, Store, StoreError};

#[tokio::test]
async fn accounts_come_back_and_numbers_are_not_used_again() {
    let w = world().await;
    let server = ServerAddress { host: "192.0.2.1".into(), port: 5223, direct_tls: true };
    let carol = w.store.add_account(&jid("carol@example.org"), Some(&server), false).await.unwrap();
    w.store.set_account_name(carol, "Carol").await.unwrap();
    w.store.set_signed_in(carol, false).await.unwrap();
    w.store.set_proven_mechanism(carol, "SCRAM-SHA-256").await.unwrap();
    let kept = w.store.account(carol).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.server, kept.signed_in, kept.remember), ("Carol", Some(server), false, false));
    assert_eq!(kept.proven_mechanism.as_deref(), Some("SCRAM-SHA-256"));
    assert_eq!(w.store.add_account(&jid("carol@example.org"), None, true).await.unwrap(), carol);
    let kept = w.store.account(carol).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.server, kept.signed_in, kept.remember), ("Carol", None, true, true));
    w.store.remove_account(carol).await.unwrap();
    let dave = w.store.add_account(&jid("dave@example.org"), None, true).await.unwrap();
    assert!(dave > carol);
    assert_eq!(w.store.accounts().await.unwrap().iter().map(|a| a.id).collect::<Vec<_>>(), [w.alice, dave]);
    assert_eq!(w.store.set_signed_in(carol, true).await, Err(StoreError::Unknown("account")));
}

#[tokio::test]
async fn removing_an_account_leaves_nothing_of_it() {
    let w = world().await;
    let other = w.store.add_account(&jid("carol@example.org"), None, true).await.unwrap();
    w.store.receive(other, &[incoming("kept", 10)], None).await.unwrap();
    w.receive(incoming("gone", 10)).await;
    w.queue("queued", 20).await;
    w.store.remove_account(w.alice).await.unwrap();
    assert_eq!(w.store.search(other, "text", None, None, 10).await.unwrap().len(), 1);
    for table in ["messages", "conversations", "messages_text", "outbox", "accounts"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&w.store.readers).await.unwrap();
        assert_eq!(count, i64::from(table != "outbox"), "{table}");
    }
    w.store.check().await.unwrap();
}

#[tokio::test]
async fn rosters_and_requests() {
    let w = world().await;
    let contact = |name: &str, groups: &[&str]| Contact {
        jid: jid(&format!("{name}@example.org")),
        name: name.to_owned(),
        subscription: Subscription::Both,
        requested: true,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        presence: PresenceShow::Offline,
        status: String::new(),
    };
    let bob = contact("bob", &["Friends", "会议"]);
    w.store.replace_roster(w.alice, &[contact("x", &[]), bob.clone()], Some("v1")).await.unwrap();
    w.store.replace_roster(w.alice, std::slice::from_ref(&bob), Some("v2")).await.unwrap();
    w.store.put_contact(w.alice, &contact("carol", &[]), Some("v3")).await.unwrap();
    let renamed = Contact { name: "Bob".into(), ..bob };
    w.store.put_contact(w.alice, &renamed, None).await.unwrap();
    assert_eq!(w.store.contacts(w.alice).await.unwrap(), [renamed.clone(), contact("carol", &[])]);
    w.store.remove_contact(w.alice, &jid("carol@example.org"), Some("v4")).await.unwrap();
    assert_eq!(w.store.contact(w.alice, &jid("carol@example.org")).await.unwrap(), None);
    assert_eq!(w.store.contact(w.alice, &w.bob).await.unwrap(), Some(renamed));
    assert_eq!(w.store.account(w.alice).await.unwrap().unwrap().roster_version.as_deref(), Some("v4"));

    let request = |reason: &str| ContactRequest {
        from: jid("eve@example.org"),
        nickname: "Eve".into(),
        reason: reason.into(),
        received_at: at(5),
    };
    assert!(w.store.put_contact_request(w.alice, &request("hi")).await.unwrap());
    assert!(!w.store.put_contact_request(w.alice, &request("hi")).await.unwrap(), "nothing new");
    assert!(w.store.put_contact_request(w.alice, &request("hello?")).await.unwrap());
    assert_eq!(w.store.contact_requests(w.alice).await.unwrap(), [request("hello?")]);
    assert!(w.store.remove_contact_request(w.alice, &jid("eve@example.org")).await.unwrap());
    assert!(!w.store.remove_contact_request(w.alice, &jid("eve@example.org")).await.unwrap());
}

#[tokio::test]
async fn the_list_shows_newest_last_message_and_draft() {
    let w = world().await;
    let carol = jid("carol@example.org");
    let opened = w.store.open_conversation(w.alice, &carol, at(50)).await.unwrap();
    assert_eq!((opened.last, opened.unread, opened.updated_at), (None, 0, at(50)));
    w.receive(incoming("a", 10)).await;
    w.store.save_draft(w.alice, &carol, "half a sen").await.unwrap();
    let list = w.store.conversations(w.alice).await.unwrap();
    assert_eq!(list.iter().map(|c| &c.jid).collect::<Vec<_>>(), [&carol, &w.bob]);
    assert_eq!(list[0].draft, "half a sen");
    assert_eq!(list[1].last.as_ref().unwrap().id, id("a"));
    // The archive brings something older, then something newer for carol.
    w.receive(incoming("older", 5)).await;
    w.receive(ReceivedMessage { conversation: w.bob.clone(), ..incoming("b", 60) }).await;
    let list = w.store.conversations(w.alice).await.unwrap();
    assert_eq!(list.iter().map(|c| (&c.jid, c.updated_at)).collect::<Vec<_>>(), [(&w.bob, at(60)), (&carol, at(50))]);
    assert_eq!(list[0].last.as_ref().unwrap().id, id("b"));
    assert_eq!(list[0].unread, 3);
    assert_eq!(w.store.open_conversation(w.alice, &carol, at(99)).await.unwrap().draft, "half a sen");
    let nobody = w.store.save_draft(w.alice, &jid("x@example.org"), "x").await;
    assert_eq!(nobody, Err(StoreError::Unknown("conversation")));
}

#[tokio::test]
async fn settings_survive_and_forgive() {
    let w = world().await;
    assert_eq!(w.store.setting::<Vec<u32>>("sizes").await.unwrap(), None);
    w.store.set_setting("sizes", &vec![1, 2]).await.unwrap();
    w.store.set_setting("sizes", &vec![3]).await.unwrap();
    w.store.close().await;
    let store = Store::open(&w.folder.path().join("confab.db")).await.unwrap();
    assert_eq!(store.setting::<Vec<u32>>("sizes").await.unwrap(), Some(vec![3]));
    assert_eq!(store.setting::<String>("sizes").await.unwrap(), None, "of another version");
    store.remove_setting("sizes").await.unwrap();
    assert_eq!(store.setting::<Vec<u32>>("sizes").await.unwrap(), None);
}

/// Addresses of a page.
fn jids(page: &ConversationPage) -> Vec<String> {
    page.conversations.iter().map(|conversation| conversation.jid.to_string()).collect()
}

#[tokio::test]
async fn the_list_comes_in_pages_with_the_sums_of_what_follows() {
    let w = world().await;
    let friend = |n: i64| jid(&format!("friend-{n}@example.org"));
    for n in 0..25 {
        w.store.open_conversation(w.alice, &friend(n), at(100 + n)).await.unwrap();
        let mut message = ReceivedMessage { conversation: friend(n), ..incoming(&format!("m{n}"), 1_000 + n) };
        message.sender = confab_model::Sender::person(friend(n));
        w.store.receive(w.alice, &[message], None).await.unwrap();
    }
    let change = |pinned, archived, muted_until| ConversationChange { pinned, archived, muted_until };
    for (n, change) in [
        (3, change(Some(true), None, None)),
        (7, change(Some(true), None, None)),
        (5, change(None, Some(true), None)),
        (1, change(None, None, Some(at(5_000)))),
    ] {
        w.store.change_conversation(w.alice, &friend(n), change, at(2_000)).await.unwrap().unwrap();
    }
    // A stranger: in the requests folder.
    w.receive(incoming("stranger", 500)).await;
    let whole = w.store.conversation_page(w.alice, None, 100, at(2_000)).await.unwrap();
    assert_eq!((whole.next.as_deref(), whole.behind), (None, FolderTotals::default()));
    let mut all: Vec<_> = w.store.conversations(w.alice).await.unwrap();
    all.sort_by_key(|conversation| (!conversation.pinned, -conversation.updated_at.0));
    assert_eq!(whole.conversations, all);
    assert_eq!(jids(&whole)[..3], [friend(7), friend(3), friend(24)].map(|jid| jid.to_string()));

    let first = w.store.conversation_page(w.alice, None, 10, at(2_000)).await.unwrap();
    let total = |chats, unread| FolderTotal { chats, unread };
    // Of the muted one nothing calls for the person.
    assert_eq!(first.behind, FolderTotals { main: total(14, 13), archived: total(1, 1), requests: total(1, 1) });
    let later = w.store.conversation_page(w.alice, None, 10, at(6_000)).await.unwrap();
    assert_eq!(later.behind.main, total(14, 14), "no longer muted");
    // One that moves up between two pages is in none of the later ones: it is told by an event.
    let moved = ReceivedMessage { conversation: friend(2), ..incoming("news", 9_000) };
    w.store.receive(w.alice, &[moved], None).await.unwrap();
    let mut read = jids(&first);
    let mut next = first.next;
    while let Some(place) = next {
        let page = w.store.conversation_page(w.alice, Some(&place), 10, at(2_000)).await.unwrap();
        read.extend(jids(&page));
        next = page.next;
    }
    let expected = jids(&whole).into_iter().filter(|jid| *jid != friend(2).to_string());
    assert_eq!(read, expected.collect::<Vec<_>>());
    for place in ["", "1.2", "1.2.x", "1.2.3.4"] {
        let refused = w.store.conversation_page(w.alice, Some(place), 10, at(2_000)).await;
        assert_eq!(refused, Err(StoreError::Unknown("place in the list")), "{place:?}");
    }
}
