//! Calls whose media goes through a relay only: a real coturn that the XMPP server hands out (XEP-0215).

use confab_model::{CallStage, CandidateKind, EndReason};
use confab_testkit::{
    server::{Kind, ServerOptions},
    skip,
    turn::{TurnAccess, TurnListeners, TurnOptions, TurnServer},
};
use confab_tests::driver::{Agent, AgentOptions, World};

use crate::steps::{COMPLETED, accept, both_ended, ended, hang_up, ring, snapshot, talk};

async fn pair(world: &World) -> (Agent, Agent) {
    let relayed = |name| AgentOptions { relay_only: true, ..world.options(name) };
    let (alice, bob) = (relayed("alice"), relayed("bob"));
    let (mut alice, mut bob) = tokio::join!(world.person_with(alice), world.person_with(bob));
    world.contacts(&mut alice, &mut bob).await;
    (alice, bob)
}

/// Over UDP, and over TCP where UDP does not pass.
fn a_call_goes_through(test: &str, udp: bool) {
    let listeners = TurnListeners { udp, tcp: !udp, tls: false };
    let access = TurnAccess::Secret("between the servers".to_owned());
    let turn = match TurnServer::start(TurnOptions { listeners, ..TurnOptions::new(access) }) {
        Ok(turn) => turn,
        Err(error @ confab_testkit::Error::Missing(_)) => return skip(&error.to_string()),
        Err(error) => panic!("{error}"),
    };
    let options = ServerOptions { relay: turn.relay(), ..ServerOptions::new(Kind::Prosody) };
    crate::run(World::alone(options, test), |world| async move {
        let (mut alice, mut bob) = pair(&world).await;
        let call = talk(&mut alice, &mut bob, "video").await;
        for agent in [&alice, &bob] {
            snapshot(agent, &call, "moving pictures through the relay", |call| {
                let quality = call.participants[0].quality.as_ref()?;
                (quality.frames_per_second > 0 && quality.path == Some(CandidateKind::Relayed)).then_some(())
            })
            .await;
        }
        hang_up(&mut alice, &call).await;
        both_ended((&mut alice, COMPLETED), (&mut bob, COMPLETED), &call).await;
    });
}

#[test]
fn a_call_goes_through_a_relay_over_udp() {
    a_call_goes_through("a_call_goes_through_a_relay_over_udp", true);
}

#[test]
fn a_call_goes_through_a_relay_over_tcp() {
    a_call_goes_through("a_call_goes_through_a_relay_over_tcp", false);
}

#[test]
fn without_a_relay_a_relayed_call_ends_and_says_why() {
    let test = "without_a_relay_a_relayed_call_ends_and_says_why";
    crate::run(World::alone(ServerOptions::new(Kind::Prosody), test), |world| async move {
        let (mut alice, mut bob) = pair(&world).await;
        let call = ring(&mut alice, &bob, "audio").await;
        accept(&mut bob, &call, "audio").await;
        assert_eq!(ended(&alice, &call).await, EndReason::ConnectFailed { stage: CallStage::Ice });
    });
}
