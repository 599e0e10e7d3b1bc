//! What is not about people: lines that make no sense get a clear error line and change nothing; devices.

use confab_tests::driver::World;
use serde_json::{Value, json};

use crate::journeys;

journeys!(prosody: refuse_what_is_not_understood, choose_a_device);

async fn refuse_what_is_not_understood(world: World) {
    let (mut alice, bob) = world.pair("alice", "bob").await;
    let before = alice.ok("startup", json!({})).await;
    let contacts: Value = alice.own("contacts", json!({})).await;

    for line in ["{", "[]", "null", "\"calls\"", "{\"op\":\"calls\"}", "{\"id\":5,\"op\":\"calls\"}", "\u{0}\u{1}"] {
        alice.write_line(line).await;
        let failure = alice.stray_error().await;
        assert_eq!(failure.code, "invalidArgument", "{line}");
    }
    // One byte over a megabyte, in one line.
    alice.write_line(&"x".repeat(1 << 20 | 1)).await;
    assert!(alice.stray_error().await.message.contains("1048576"));

    let account = alice.account;
    for (op, args) in [
        ("fly", json!({})),
        ("calls", json!({ "account": account })),
        ("sendText", json!({ "account": account, "conversation": bob.jid })),
        ("sendText", json!({ "account": account, "conversation": "@", "text": "x" })),
        ("sendText", json!({ "account": "1", "conversation": bob.jid, "text": "x" })),
        ("placeCall", json!({ "account": account, "to": bob.jid, "media": "smell" })),
        ("placeCall", json!({ "account": account, "to": bob.jid, "media": "audio", "timeoutS": 0 })),
    ] {
        let code = alice.refused(op, args.clone()).await;
        let allowed: &[&str] = if args["timeoutS"] == 0 { &["invalidTimeout"] } else { &["invalidArgument"] };
        assert!(allowed.contains(&code.as_str()), "{op} {args}: {code}");
    }
    let failure = alice.ask("fly", json!({})).await.unwrap_err();
    assert!(failure.message.contains("placeCall"), "the operations are listed: {}", failure.message);
    assert_eq!(alice.refused("contacts", json!({ "account": 99, "refresh": true })).await, "notOnline");
    assert_eq!(alice.refused("signOut", json!({ "account": 99 })).await, "unknownAccount");

    assert_eq!(alice.ok("startup", json!({})).await, before);
    assert_eq!(alice.own::<Value>("contacts", json!({})).await, contacts);
    assert_eq!(alice.own::<Value>("conversations", json!({})).await, json!([]));
    assert_eq!(alice.ok("calls", json!({})).await, json!([]));
    alice.quit().await;
}

async fn choose_a_device(world: World) {
    let mut alice = world.person("alice").await;
    for id in [json!("test:picture"), Value::Null] {
        let devices = alice.ok("selectDevice", json!({ "kind": "camera", "id": id })).await;
        assert_eq!(devices["selection"]["camera"], id);
        assert_eq!(alice.ok("devices", json!({})).await["selection"], devices["selection"]);
    }
    assert_eq!(alice.refused("selectDevice", json!({ "kind": "nose", "id": null })).await, "invalidArgument");
}
