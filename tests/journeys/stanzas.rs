//! Stanzas that are long, and too long.

use std::path::Path;

use confab_model::{ConnectionState, DeliveryState, Event, FailureWhy};
use confab_tests::driver::{Agent, World};
use serde_json::{Value, json};

use crate::{
    accounts::online,
    journeys,
    steps::{delivered, heard, say},
};

journeys!(alone: what_is_long_arrives_after_every_sign_in);
journeys!(with |options| options.longest_stanza = 20_000; what_is_too_long_fails_alone);

/// Prosody 0.12 with SASL2 keeps the limit of strangers, 10,000 octets, on a stream that is signed in.
async fn what_is_long_arrives_after_every_sign_in(world: World) {
    let (mut alice, mut bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    let long = |word: &str| word.repeat(25_000 / word.len());
    say(&mut alice, &bob_jid, "first").await;
    say(&mut alice, &bob_jid, &long("tall ")).await;
    say(&mut alice, &bob_jid, "last").await;
    for text in ["first", &long("tall "), "last"] {
        heard(&bob, text).await;
    }
    // Published in one stanza, which may have to be asked twice.
    let path = bob.options.folder.join("face.png");
    noise(&path);
    bob.own::<Value>("setAvatar", json!({ "path": path })).await;

    // What the server is like was remembered: the next stream takes it at once.
    alice.kill().await;
    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
    let id = say(&mut alice, &bob_jid, &long("far ")).await;
    delivered(&alice, &id, DeliveryState::Delivered).await;
    heard(&bob, &long("far ")).await;
    assert_eq!(losses(&alice, mark), 0);
}

async fn what_is_too_long_fails_alone(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let bob_jid = bob.jid.clone();
    say(&mut alice, &bob_jid, "before").await;
    let id = say(&mut alice, &bob_jid, &"x".repeat(29_000)).await;
    let last = say(&mut alice, &bob_jid, "after").await;
    let why = alice
        .event("its failure", |event| match event {
            Event::MessageUpdated { message } if message.id == id => match &message.delivery {
                DeliveryState::Failed { why } => Some(why.clone()),
                _ => None,
            },
            _ => None,
        })
        .await;
    assert!(matches!(why, FailureWhy::TooLarge { .. }), "{why:?}");
    heard(&bob, "before").await;
    heard(&bob, "after").await;
    delivered(&alice, &last, DeliveryState::Delivered).await;
    // The next one is not even tried.
    let mark = alice.mark();
    let id = say(&mut alice, &bob_jid, &"y".repeat(29_500)).await;
    alice
        .event_since(mark, "its failure", |event| match event {
            Event::MessageUpdated { message } if message.id == id => {
                matches!(message.delivery, DeliveryState::Failed { .. }).then_some(())
            }
            _ => None,
        })
        .await;
    assert_eq!(losses(&alice, mark), 0);
}

/// A picture of which little can be left out.
fn noise(path: &Path) {
    let mut state = 1u32;
    let picture = image::RgbImage::from_fn(300, 300, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        image::Rgb([a, b, c])
    });
    picture.save(path).unwrap();
}

/// How often the connection was lost since then.
fn losses(agent: &Agent, mark: usize) -> usize {
    let all = agent.told(|event| match event {
        Event::AccountChanged { account } => Some(matches!(account.connection, ConnectionState::Waiting { .. })),
        _ => Some(false),
    });
    all.into_iter().skip(mark).filter(|is_loss| *is_loss).count()
}
