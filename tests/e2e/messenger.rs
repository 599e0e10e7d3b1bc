//! What two people write to each other beyond plain words, in real windows.

use confab_testkit::process::is_installed;
use confab_windows::ENTER;
use serde_json::json;

use crate::people::Person;

const BOB: &str = "bob@localhost";
const ALICE: &str = "alice@localhost";

/// Contacts of each other who look at their conversation; how they become that is another journey.
pub fn meet(alice: &Person, bob: &Person) {
    let (account, other) = (alice.account().unwrap(), bob.account().unwrap());
    alice.ask("add_contact", json!({ "account": account, "jid": BOB, "name": "张伟", "reason": "" })).unwrap();
    bob.contact_request(ALICE).unwrap();
    bob.ask("accept_contact", json!({ "account": other, "jid": ALICE })).unwrap();
    alice.wait_contact(BOB).unwrap();
    bob.wait_contact(ALICE).unwrap();
    alice.open_chat(BOB).unwrap();
    bob.open_chat(ALICE).unwrap();
}

/// Answers, edits, reactions, recalls.
pub fn words(alice: &Person, bob: &Person) {
    alice.say("Shall we meet at three?").unwrap();
    bob.wait_message("Shall we meet at three?").unwrap();
    bob.answer_message("Shall we meet at three?", "Better at four").unwrap();
    let answer = alice.message("Better at four").unwrap();
    let quote = alice.wait_text(&format!("{answer} [data-testid=\"quote\"]"), "at three?").unwrap();
    assert!(quote.starts_with("You"), "{quote}");

    // Arrow up in the empty field: the last own message.
    alice.keys("[data-testid=\"composer\"]", "\u{E013}").unwrap();
    alice.wait_for("[data-testid=\"edit-banner\"]").unwrap();
    alice.fill("[data-testid=\"composer\"]", "Shall we meet at five?").unwrap();
    alice.keys("[data-testid=\"composer\"]", ENTER).unwrap();
    let edited = bob.message("Shall we meet at five?").unwrap();
    bob.wait_for(&format!("{edited} [data-testid=\"edited\"]")).unwrap();

    let emoji = bob.react("Shall we meet at five?").unwrap();
    let own = alice.message("Shall we meet at five?").unwrap();
    alice.wait_text(&format!("{own} [data-testid=\"reaction\"]"), &emoji).unwrap();

    alice.say("written in error").unwrap();
    bob.wait_message("written in error").unwrap();
    alice.wait_delivery("written in error", "read").unwrap();
    let wrong = alice.message("written in error").unwrap();
    alice.choose_action(&wrong, "recall").unwrap();
    alice.click("[data-testid=\"confirm\"]").unwrap();
    bob.wait_for("[data-testid=\"recalled\"]").unwrap();
    alice.wait_for("[data-testid=\"recalled\"]").unwrap();
    assert!(!bob.text("body").unwrap().unwrap().contains("written in error"));
}

/// A pasted picture, a voice clip and a place.
pub fn things(alice: &Person, bob: &Person) {
    alice.paste_picture((1024, 768), "the plan").unwrap();
    assert_eq!(bob.wait_picture("the plan").unwrap(), (1024, 768));
    assert_eq!(alice.wait_picture("the plan").unwrap(), (1024, 768));
    let message = bob.message("the plan").unwrap();
    bob.click(&format!("{message} [data-testid=\"picture\"]")).unwrap();
    bob.wait_for("[data-testid=\"viewer\"] img").unwrap();
    bob.click("[data-testid=\"viewer-close\"]").unwrap();
    bob.wait_gone("[data-testid=\"viewer\"]").unwrap();

    alice.click("[data-testid=\"record\"]").unwrap();
    alice.wait_text("[data-testid=\"recording\"]", "0:02").unwrap();
    alice.click("[data-testid=\"recording\"] [data-testid=\"send\"]").unwrap();
    alice.wait_gone("[data-testid=\"recording\"]").unwrap();
    bob.wait_text("[data-testid=\"voice\"]", "0:0").unwrap();
    let play = "[data-testid=\"voice\"] [data-testid=\"transfer\"]";
    bob.wait_for(&format!("{play}[aria-label=\"Play\"]")).unwrap();
    bob.click(play).unwrap();
    bob.wait_for(&format!("{play}[aria-label=\"Pause\"]")).unwrap();
    bob.wait_for(&format!("{play}[aria-label=\"Play\"]")).unwrap();

    alice.click("[data-testid=\"attach\"]").unwrap();
    alice.click("[data-testid=\"attach-location\"]").unwrap();
    alice.fill("[data-testid=\"place-where\"]", "geo:53.5436,9.988").unwrap();
    alice.fill("[data-testid=\"place-name\"]", "Harbour Hall").unwrap();
    alice.keys("[data-testid=\"place-name\"]", ENTER).unwrap();
    bob.wait_text("[data-testid=\"location\"]", "Harbour Hall").unwrap();
}

/// Enter belongs to the input method while it composes: by the events that WebKit sends, and where xdotool is there by
/// GTK's own input method (Ctrl+Shift+U, the number of a character, Enter).
pub fn an_input_method(alice: &Person, bob: &Person) {
    let composer = "[data-testid=\"composer\"]";
    let compose = "const field = document.querySelector(arguments[0]);
        const key = (more) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...more }));
        field.focus();
        field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
        field.value = 'ni hao';
        field.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }));
        key({ isComposing: true });
        field.value = '你好';
        field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '你好' }));
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        key({ keyCode: 229 });
        return field.value;";
    assert_eq!(alice.run(compose, &[composer.into()]).unwrap(), "你好", "nothing was sent");
    alice.keys(composer, ENTER).unwrap();
    bob.wait_message("你好").unwrap();

    if !is_installed("xdotool") {
        return;
    }
    alice.click(composer).unwrap();
    alice.press_keys(&["ctrl+shift+u", "4", "f", "6", "0", "Return"]).unwrap();
    // While it is being composed the field has its number: u4f60.
    let value =
        "const { value } = document.querySelector(arguments[0]); return value.startsWith('u') ? null : value || null";
    assert_eq!(alice.wait_script("the composed character", value, &[composer.into()]).unwrap(), "你");
    alice.press_keys(&["Return"]).unwrap();
    alice
        .wait_script("an empty field", "return document.querySelector(arguments[0]).value === ''", &[composer.into()])
        .unwrap();
    // One message of one character, not an empty one before it.
    let texts = "return [...document.querySelectorAll('[data-testid=\"message\"]')].slice(-2).map((row) => row.innerText.split('\\n')[0])";
    let last = alice.run(texts, &[]).unwrap();
    assert_eq!(last, json!(["你好", "你"]));
}

/// Initials of their reading find contacts (zw: 张伟).
pub fn initials(alice: &Person) {
    alice.go("contacts").unwrap();
    let row = "[data-testid=\"contact-row\"]";
    alice.wait_text(row, "张伟").unwrap();
    let search = "[data-testid=\"contact-search\"]";
    alice.fill(search, "lx").unwrap();
    alice.wait_gone(row).unwrap();
    alice.fill(search, "zw").unwrap();
    alice.wait_text(row, "张伟").unwrap();
    alice.go("chats").unwrap();
}
