//! Pictures of people and of groups (XEP-0084, XEP-0153): shown to whom they concern, kept, changed and taken away.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use confab_model::{Event, Group, Profile};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    groups::{gather, stands},
    journeys,
    steps::picture,
};

journeys!(shared: a_picture_of_oneself, a_picture_of_a_group);

fn file(agent: &Agent, name: &str) -> PathBuf {
    let path = agent.options.folder.join(name);
    picture(&path);
    path
}

/// The key of a person's picture as of an event from `mark` on.
async fn pictured(agent: &Agent, mark: usize, jid: &str, there: bool) -> Option<String> {
    agent
        .event_since(mark, "a change of the picture", |event| match event {
            Event::ProfileChanged { profile } if profile.jid.to_string() == jid => {
                (profile.avatar.is_some() == there).then(|| profile.avatar.clone())
            }
            _ => None,
        })
        .await
}

/// What is shown under this key: its size in pixels.
async fn shown(agent: &mut Agent, key: &str) -> (u32, u32) {
    let url: String = agent.own("avatar", json!({ "key": key })).await;
    let (media_type, data) =
        url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).expect("a data URL");
    assert!(["image/png", "image/jpeg", "image/webp"].contains(&media_type), "{media_type}");
    let bytes = STANDARD.decode(data).unwrap();
    let picture = image::load_from_memory(&bytes).unwrap();
    (picture.width(), picture.height())
}

async fn a_picture_of_oneself(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let jid = alice.jid.clone();
    let path = file(&alice, "me.png");
    alice.own::<Value>("setAvatar", json!({ "path": path })).await;
    let key = pictured(&bob, 0, &jid, true).await.unwrap();
    let (width, height) = shown(&mut bob, &key).await;
    assert!(width == height && width > 0, "made square: {width}x{height}");
    // An own other device, and one that comes later, show it too.
    let mut tablet = world.device(&alice, "tablet").await;
    assert_eq!(pictured(&tablet, 0, &jid, true).await.as_ref(), Some(&key));
    shown(&mut tablet, &key).await;
    // It is kept: also while nobody is online.
    bob.quit().await;
    bob.start_again().await;
    let known: Vec<Profile> = bob.own("profiles", json!({})).await;
    let of_alice = known.iter().find(|profile| profile.jid.to_string() == jid).expect("alice's");
    assert_eq!(of_alice.avatar.as_ref(), Some(&key));

    let mark = bob.mark();
    alice.own::<Value>("setAvatar", json!({ "path": null })).await;
    assert_eq!(pictured(&bob, mark, &jid, false).await, None);
    // What is no picture stays here.
    let words = alice.options.folder.join("words.png");
    std::fs::write(&words, "no picture").unwrap();
    let refused = alice.try_own("setAvatar", json!({ "path": words })).await.unwrap_err();
    assert_eq!(refused.code, "fileFailed");
}

async fn a_picture_of_a_group(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let group = gather(&mut alice, &mut [&mut bob]).await;
    let path = file(&alice, "mountain.png");
    let (mark, own) = (bob.mark(), alice.mark());
    alice.own::<Value>("setGroupPicture", json!({ "group": group, "path": path })).await;
    let there = |group: &Group| group.avatar.is_some();
    let key = stands(&bob, mark, &group, "a picture", there).await.avatar.unwrap();
    assert_eq!(stands(&alice, own, &group, "a picture", there).await.avatar.as_ref(), Some(&key));
    let (width, height) = shown(&mut bob, &key).await;
    assert!(width == height && width > 0, "made square: {width}x{height}");
    // Only those who lead the group may change it.
    let own_path = file(&bob, "sea.png");
    let refused = json!({ "group": group, "path": own_path });
    let refused = bob.try_own("setGroupPicture", refused).await.unwrap_err();
    assert_eq!(refused.code, "serverRefused");

    let mark = bob.mark();
    alice.own::<Value>("setGroupPicture", json!({ "group": group, "path": null })).await;
    stands(&bob, mark, &group, "no picture", |group| group.avatar.is_none()).await;
}
