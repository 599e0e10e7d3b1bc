//! Names and pictures (0172, 0084, 0054, 0153).

use super::{
    personal::{DONE, beside, event, jid},
    *,
};
use crate::{AvatarInfo, Picture, ProfileChange, ProfileUpdate, PublishedProfile, RequestError, xep::avatars_0084};

#[tokio::test(start_paused = true)]
async fn names_and_pictures_of_contacts_are_told_and_of_strangers_not() {
    let mut t = Transcript::with_pep().await;
    let nick = "<item id='current'><nick xmlns='http://jabber.org/protocol/nick'>\u{202e}Bobby </nick></item>";
    let id = "a".repeat(40);
    let info = AvatarInfo { id: id.clone(), media_type: "image/png".to_owned(), width: 64, height: 48 };
    let metadata =
        |info: &str| format!("<item id='x'><metadata xmlns='urn:xmpp:avatar:metadata'>{info}</metadata></item>");
    let one = metadata(&format!("<info id='{id}' type='image/png' bytes='9' width='64' height='48'/>"));
    let told =
        |change: ProfileChange| SessionEvent::ProfileChanged(ProfileUpdate { jid: jid("bob@example.org"), change });
    t.send(&event("bob@example.org", "http://jabber.org/protocol/nick", nick)).await;
    assert_eq!(t.event().await, told(ProfileChange::Nickname("Bobby".to_owned())));
    t.send(&event("bob@example.org", "urn:xmpp:avatar:metadata", &one)).await;
    assert_eq!(t.event().await, told(ProfileChange::Avatar(Some(info))));
    for stranger in ["eve@example.net", "bob@example.org/x", "example.org"] {
        t.send(&event(stranger, "http://jabber.org/protocol/nick", nick)).await;
        t.send(&event(stranger, "urn:xmpp:avatar:metadata", &one)).await;
    }
    // What presence says of a card does not count while there is a picture on the node.
    let presence = |photo: &str| {
        format!("<presence from='bob@example.org/x'><x xmlns='vcard-temp:x:update'>{photo}</x></presence>")
    };
    let card = |letter: &str| presence(&format!("<photo>{}</photo>", letter.repeat(40)));
    t.send(&card("b")).await;
    t.event_matching(|event| matches!(event, SessionEvent::ContactChanged { .. })).await;
    t.quiet().await;
    t.send(&event("bob@example.org", "urn:xmpp:avatar:metadata", &metadata(""))).await;
    assert_eq!(t.event().await, told(ProfileChange::Avatar(None)));
    t.send(&card("B")).await;
    let of_card = AvatarInfo { id: "b".repeat(40), media_type: String::new(), width: 0, height: 0 };
    assert_eq!(t.event().await, told(ProfileChange::Avatar(Some(of_card))));
    t.send(&card("b")).await;
    t.send(&presence("")).await;
    t.quiet().await;
    t.send(&presence("<photo/>")).await;
    assert_eq!(t.event().await, told(ProfileChange::Avatar(None)));
    t.end().await;
}

const NO_ITEMS: &str = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/></pubsub>";

#[tokio::test(start_paused = true)]
async fn a_profile_is_put_together_from_nodes_and_card() {
    let mut t = Transcript::with_pep().await;
    let newest = |node: &str| {
        format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{node}' max_items='1'/></pubsub>")
    };
    let profile = beside!(t, handle => async move { handle.profile(&jid("bob@example.org")).await });
    t.asks_bob(&newest("http://jabber.org/protocol/nick")).await;
    t.answered(
        "bob@example.org",
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'><item id='1'><nick \
         xmlns='http://jabber.org/protocol/nick'>Bob</nick></item></items></pubsub>",
    )
    .await;
    t.asks_bob(&newest("urn:xmpp:avatar:metadata")).await;
    t.refuses("item-not-found", "from='bob@example.org'").await;
    t.asks_bob("<vCard xmlns='vcard-temp'/>").await;
    t.answered(
        "bob@example.org",
        "<vCard xmlns='vcard-temp'><NICKNAME>other</NICKNAME><PHOTO><TYPE>image/png</TYPE><BINVAL>aG\nk=</BINVAL>\
         </PHOTO></vCard>",
    )
    .await;
    let id = avatars_0084::id(b"hi");
    let media_type = "image/png".to_owned();
    let expected = PublishedProfile {
        name: "Bob".to_owned(),
        avatar: Some(AvatarInfo { id: id.clone(), media_type: media_type.clone(), width: 0, height: 0 }),
        picture: Some(Picture { media_type, bytes: b"hi".to_vec() }),
    };
    assert_eq!(profile.await.unwrap(), Ok(expected));

    // A picture that is not the one that was asked for is none.
    let item = format!(
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='{id}'/></items>\
         </pubsub>"
    );
    let data = |text: &str| {
        item.replace("/></items>", &format!("><data xmlns='urn:xmpp:avatar:data'>{text}</data></item></items>"))
    };
    for (answer, expected) in [("aGk=", Some(b"hi".to_vec())), ("aG8=", None)] {
        let wanted = id.clone();
        let picture = beside!(t, handle => async move { handle.avatar(&jid("bob@example.org"), &wanted).await });
        t.asks_bob(&item).await;
        t.answered("bob@example.org", &data(answer)).await;
        if expected.is_none() {
            t.asks_bob("<vCard xmlns='vcard-temp'/>").await;
            t.refuses("service-unavailable", "from='bob@example.org'").await;
        }
        assert_eq!(picture.await.unwrap().map(|picture| picture.map(|picture| picture.bytes)), Ok(expected));
    }
    // Nobody answers in Bob's place.
    let profile = beside!(t, handle => async move { handle.profile(&jid("bob@example.org")).await });
    t.asks_bob(&newest("http://jabber.org/protocol/nick")).await;
    t.answered("eve@example.net", NO_ITEMS).await;
    assert_eq!(profile.await.unwrap(), Err(RequestError::Timeout));
}

#[tokio::test(start_paused = true)]
async fn the_own_name_and_picture_are_published() {
    let mut t = Transcript::with_pep().await;
    let publish = |node: &str, item: &str| {
        format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{node}'>{item}</publish></pubsub>")
    };
    let done = beside!(t, handle => async move { handle.set_nickname("Ann").await });
    let nick = "<item id='current'><nick xmlns='http://jabber.org/protocol/nick'>Ann</nick></item>";
    t.sets(&publish("http://jabber.org/protocol/nick", nick)).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(()));
    // From now on that is what strangers are told.
    t.send(&event("me@example.org", "http://jabber.org/protocol/nick", nick)).await;
    t.event_matching(|event| matches!(event, SessionEvent::ProfileChanged(_))).await;
    let added = beside!(t, handle => handle.add_contact(jid("zoe@example.net"), "Zoë".to_owned(), String::new()));
    t.sets("<query xmlns='jabber:iq:roster'><item jid='zoe@example.net' name='Zoë'/></query>").await;
    t.recv(
        "<presence type='subscribe' to='zoe@example.net'><nick xmlns='http://jabber.org/protocol/nick'>Ann</nick>\
         </presence>",
    )
    .await;
    t.send(DONE).await;
    assert_eq!(added.await.unwrap(), Ok(()));

    let id = avatars_0084::id(b"hi");
    let done = beside!(t, handle => async move {
        let picture = Picture { media_type: "image/png".to_owned(), bytes: b"hi".to_vec() };
        handle.set_avatar(Some(&picture), (2, 1)).await
    });
    let data = format!("<item id='{id}'><data xmlns='urn:xmpp:avatar:data'>aGk=</data></item>");
    t.sets(&publish("urn:xmpp:avatar:data", &data)).await;
    t.send(DONE).await;
    let metadata = format!(
        "<item id='{id}'><metadata xmlns='urn:xmpp:avatar:metadata'><info id='{id}' type='image/png' bytes='2' \
         width='2' height='1'/></metadata></item>"
    );
    t.sets(&publish("urn:xmpp:avatar:metadata", &metadata)).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(Some(id)));
    let large = Picture { media_type: "image/png".to_owned(), bytes: vec![0; 128 * 1024 + 1] };
    assert!(matches!(t.handle.set_avatar(Some(&large), (0, 0)).await, Err(RequestError::Invalid(_))));
    let done = beside!(t, handle => async move { handle.set_avatar(None, (0, 0)).await });
    let nothing = "<item id='current'><metadata xmlns='urn:xmpp:avatar:metadata'/></item>";
    t.sets(&publish("urn:xmpp:avatar:metadata", nothing)).await;
    t.send(DONE).await;
    assert_eq!(done.await.unwrap(), Ok(None));
    t.end().await;
}
