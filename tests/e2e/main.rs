//! Two real windows, driven by WebDriver on screens of their own, against a real Prosody: what a new user does on the
//! first day, from creating an account to a video call, with nothing but presses and keys.
//!
//! Needs the shell with its pages inside, which `cargo test --workspace --features custom-protocol` builds. On failure the
//! screens are in `target/e2e/`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod closing;
mod messenger;
mod people;

use std::sync::{Mutex, PoisonError};

use confab_testkit::{Error, process::is_installed, skip};
use confab_windows::{Place, missing_program};
use people::{Person, World, until_pictures_are_fresh};
use serde_json::json;

/// A picture on the screen may be this old: a tenth of it is usual, a frozen picture is soon older.
const FRESH_MS: i64 = 2_000;

#[test]
fn two_windows_meet_chat_and_call() {
    with_two(|world, alice, bob| {
        signing_in(world, alice, bob);
        becoming_contacts(alice, bob);
        chatting(alice, bob);
        calling(alice, bob);
        calling_who_is_elsewhere(alice, bob);
        starting_again(alice);
    });
}

#[test]
fn two_windows_write_more_than_words() {
    with_two(|world, alice, bob| {
        alice.submit_sign_in("alice@localhost", "alice", &world.place()).unwrap();
        bob.register("bob", "a good password", "localhost", &world.place()).unwrap();
        alice.wait_online().unwrap();
        messenger::meet(alice, bob);
        messenger::words(alice, bob);
        messenger::things(alice, bob);
        messenger::an_input_method(alice, bob);
        messenger::initials(alice);
    });
}

#[test]
fn a_closed_window_comes_back() {
    in_turn(closing::closes_and_comes_back);
}

/// Alice and Bob in front of their windows; where they fail, what is on their screens is kept.
fn with_two(journey: impl FnOnce(&World, &mut Person, &Person)) {
    in_turn(|world| {
        let mut alice = world.person("alice");
        let bob = world.person("bob");
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| journey(world, &mut alice, &bob)));
        if let Err(why) = done {
            alice.keep_screen();
            bob.keep_screen();
            std::panic::resume_unwind(why);
        }
        alice.leave();
        bob.leave();
    });
}

/// With a server, if everything is there that windows need.
fn in_turn(journey: impl FnOnce(&World)) {
    // A window can be out of sight only where a window manager takes it there.
    let missing = missing_program().or_else(|| ["openbox", "dbus-daemon"].into_iter().find(|name| !is_installed(name)));
    if let Some(program) = missing {
        return skip(&format!("{program} is not installed"));
    }
    let world = match World::new() {
        Ok(world) => world,
        Err(Error::Missing(what)) => return skip(&format!("{what} is not installed")),
        Err(error) => panic!("{error}"),
    };
    // Four windows at once would share what two need.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    journey(&world);
}

/// Alice has an account and first mistypes the password; bob creates his.
fn signing_in(world: &World, alice: &Person, bob: &Person) {
    alice.submit_sign_in("alice@localhost", "not the password", &world.place()).unwrap();
    let error = alice.sign_in_error().unwrap();
    assert!(error.contains("does not accept this password"), "{error}");
    alice.submit_sign_in("alice@localhost", "alice", &world.place()).unwrap();
    bob.register("bob", "a good password", "localhost", &world.place()).unwrap();
    alice.wait_online().unwrap();
}

fn becoming_contacts(alice: &Person, bob: &Person) {
    alice.ask_contact("bob@localhost", "We met at the fair").unwrap();
    let card = bob.contact_request("alice@localhost").unwrap();
    assert!(card.contains("We met at the fair"), "the request shows its reason: {card}");
    bob.accept_contact("alice@localhost").unwrap();
    alice.wait_contact("bob@localhost").unwrap();
    bob.wait_contact("alice@localhost").unwrap();
}

fn chatting(alice: &Person, bob: &Person) {
    alice.open_chat("bob@localhost").unwrap();
    bob.open_chat("alice@localhost").unwrap();
    alice.say("Hello Bob, can you hear me?").unwrap();
    bob.wait_message("Hello Bob, can you hear me?").unwrap();
    alice.wait_delivery("Hello Bob, can you hear me?", "read").unwrap();
    bob.say("Loud and clear 你好").unwrap();
    alice.wait_message("Loud and clear 你好").unwrap();
    bob.wait_delivery("Loud and clear 你好", "read").unwrap();
}

fn calling(alice: &Person, bob: &Person) {
    bob.call_with_video().unwrap();
    assert_eq!(alice.incoming_call().unwrap(), "bob");
    bob.wait_ringing().unwrap();
    alice.answer().unwrap();
    let call = alice.wait_pictures().unwrap();
    assert_eq!(bob.wait_pictures().unwrap(), call, "one call has one id");
    for person in [alice, bob] {
        until_pictures_are_fresh(person, FRESH_MS);
        person.wait_for("[data-testid=\"test-media-note\"]").unwrap();
    }
    alice.press_in_call("mute").unwrap();
    bob.wait_text("[data-testid=\"call\"]", "muted").unwrap();
    alice.press_in_call("mute").unwrap();
    bob.wait_script("the end of the muting", "return !document.body.innerText.includes('muted')", &[]).unwrap();
    let clock =
        "const time = document.querySelector('[data-testid=\"call-duration\"]').innerText.split(':').map(Number);
        return time[0] * 60 + time[1] >= 3";
    alice.wait_script("a clock that counts the call", clock, &[]).unwrap();
    bob.hang_up().unwrap();
    for person in [alice, bob] {
        assert_eq!(person.wait_end().unwrap(), "completed");
        let duration = person.wait_text("[data-testid=\"end-duration\"]", "s").unwrap();
        assert!(duration.chars().any(|c| c.is_ascii_digit() && c != '0'), "{duration}");
        person.click("[data-testid=\"end-close\"]").unwrap();
        shows_the_record(person, &call);
    }
}

/// With the main window out of sight a call gets a small window of its own. Declined there, it is over; answered there,
/// the main window comes back with it.
fn calling_who_is_elsewhere(alice: &Person, bob: &Person) {
    alice.minimize().unwrap();
    bob.call_with_video().unwrap();
    assert_eq!(alice.incoming_call_at().unwrap(), ("bob".to_owned(), Place::Small));
    assert!(!alice.shows("[data-testid=\"incoming-call\"]").unwrap(), "the main window shows no second card");
    alice.decline().unwrap();
    assert_eq!(bob.wait_end().unwrap(), "rejected");
    bob.click("[data-testid=\"end-close\"]").unwrap();

    bob.call_with_video().unwrap();
    assert_eq!(alice.incoming_call_at().unwrap(), ("bob".to_owned(), Place::Small));
    alice.answer().unwrap();
    let call = alice.wait_pictures().unwrap();
    assert_eq!(bob.wait_pictures().unwrap(), call);
    alice.hang_up().unwrap();
    for person in [alice, bob] {
        assert_eq!(person.wait_end().unwrap(), "completed");
        person.click("[data-testid=\"end-close\"]").unwrap();
    }
}

/// The call stands between the messages and in the list of calls, with how long it was.
fn shows_the_record(person: &Person, call: &str) {
    let bubble = person.wait_text("[data-testid=\"call-bubble\"]", "Video call").unwrap();
    assert!(has_duration(&bubble), "{}: {bubble}", person.name());
    person.go("calls").unwrap();
    let row = format!("[data-testid=\"call-record\"][data-call=\"{call}\"][data-reason=\"completed\"]");
    person.wait_for(&row).unwrap();
    let text = person.text(&row).unwrap().unwrap_or_default();
    assert!(has_duration(&text), "{}: {text}", person.name());
    let account = person.account().unwrap();
    let records = person.ask("call_records", json!({ "account": account, "count": 10, "cursor": 0 })).unwrap();
    assert_eq!(records["records"].as_array().unwrap().len(), 1, "exactly one record: {records}");
    person.go("chats").unwrap();
}

/// "12 s", "1 min 3 s", "0:12"
fn has_duration(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(3).any(|w| w[0].is_ascii_digit() && w[1].is_whitespace() && (w[2] == 's' || w[2] == 'm'))
        || text.split_whitespace().any(|word| {
            word.split_once(':')
                .is_some_and(|(m, s)| s.len() == 2 && m.parse::<u32>().is_ok_and(|m| m < 5) && s.parse::<u32>().is_ok())
        })
}

/// The next start needs no password, and nothing of the day is lost.
fn starting_again(alice: &mut Person) {
    alice.restart();
    alice.wait_online().unwrap();
    assert!(!alice.shows("[data-testid=\"sign-in-screen\"]").unwrap());
    alice.open_chat("bob@localhost").unwrap();
    alice.wait_message("Loud and clear 你好").unwrap();
    alice.wait_delivery("Hello Bob, can you hear me?", "read").unwrap();
    alice.wait_text("[data-testid=\"call-bubble\"]", "Video call").unwrap();
    // What is written now arrives: the session is a real one.
    alice.say("Back again").unwrap();
    alice.wait_delivery("Back again", "read").unwrap();
}
