//! The network goes away in the middle of a call, for a while or for good. Agents and server run in namespaces.

use std::{net::IpAddr, time::Duration};

use confab_model::{CallId, CallPhase, EndReason, Event};
use confab_testkit::{
    netns::Network,
    server::{Kind, ServerOptions},
    skip,
};
use confab_tests::driver::{Agent, World};

use crate::steps::{COMPLETED, both_ended, ended_within, hang_up, phases, record, talk, without_duration};

/// Two people in a call, each on a machine of their own.
struct Call {
    alice: Agent,
    bob: Agent,
    call: CallId,
    network: Network,
    _world: World,
}

/// Sets up a call through a network of our own and runs `journey` in it, or skips.
fn in_a_call<F: Future<Output = ()>>(test: &str, journey: impl FnOnce(Call) -> F) {
    let network = match Network::new(2) {
        Ok(network) => network,
        Err(error) => return skip(&format!("no network namespaces here: {error}")),
    };
    let options = ServerOptions {
        namespace: Some(network.hub()),
        address: IpAddr::V4(network.hub_address()),
        ..ServerOptions::new(Kind::Prosody)
    };
    crate::run(World::alone(options, test), |world| async move {
        let [a, b] = network.nodes() else { unreachable!("two nodes") };
        let (mut alice, mut bob) =
            tokio::join!(world.person_in("alice", &a.namespace), world.person_in("bob", &b.namespace));
        world.contacts(&mut alice, &mut bob).await;
        let call = talk(&mut alice, &mut bob, "audio").await;
        journey(Call { alice, bob, call, network, _world: world }).await;
    });
}

/// The call reached a phase after `mark`; reconnecting takes a while by its nature.
async fn reached(agent: &Agent, mark: usize, call: &CallId, what: &str, fits: fn(&CallPhase) -> bool) {
    agent
        .event_after(mark, Duration::from_secs(60), what, |event| match event {
            Event::CallChanged { call: snapshot } if snapshot.id == *call => fits(&snapshot.phase).then_some(()),
            _ => None,
        })
        .await;
}

fn is_reconnecting(phase: &CallPhase) -> bool {
    matches!(phase, CallPhase::Reconnecting { .. })
}

fn is_connected(phase: &CallPhase) -> bool {
    matches!(phase, CallPhase::Connected { .. })
}

async fn repaired(mut of: Call, mark_alice: usize, mark_bob: usize) {
    reached(&of.alice, mark_alice, &of.call, "connected again", is_connected).await;
    reached(&of.bob, mark_bob, &of.call, "connected again", is_connected).await;
    hang_up(&mut of.alice, &of.call).await;
    both_ended((&mut of.alice, COMPLETED), (&mut of.bob, COMPLETED), &of.call).await;
    for agent in [&of.alice, &of.bob] {
        let phases = phases(agent, &of.call).await;
        assert_eq!(phases[..3], ["calling", "connecting", "connected"]);
        assert_eq!(phases[phases.len() - 3..], ["reconnecting", "connected", "ended"]);
    }
}

#[test]
fn media_are_cut_and_come_back() {
    in_a_call("media_are_cut_and_come_back", |of| async move {
        for node in of.network.nodes() {
            node.namespace.drop_arriving_udp(100.0).unwrap();
        }
        reached(&of.alice, 0, &of.call, "reconnecting", is_reconnecting).await;
        reached(&of.bob, 0, &of.call, "reconnecting", is_reconnecting).await;
        let (mark_alice, mark_bob) = (of.alice.mark(), of.bob.mark());
        for node in of.network.nodes() {
            node.namespace.drop_arriving_udp(0.0).unwrap();
        }
        repaired(of, mark_alice, mark_bob).await;
    });
}

#[test]
fn the_cable_is_out_and_in_again() {
    in_a_call("the_cable_is_out_and_in_again", |of| async move {
        of.network.nodes()[0].cut().unwrap();
        reached(&of.alice, 0, &of.call, "reconnecting", is_reconnecting).await;
        reached(&of.bob, 0, &of.call, "reconnecting", is_reconnecting).await;
        let (mark_alice, mark_bob) = (of.alice.mark(), of.bob.mark());
        of.network.nodes()[0].mend().unwrap();
        repaired(of, mark_alice, mark_bob).await;
    });
}

#[test]
fn media_are_cut_for_good() {
    in_a_call("media_are_cut_for_good", |mut of| async move {
        for node in of.network.nodes() {
            node.namespace.drop_arriving_udp(100.0).unwrap();
        }
        let lost = EndReason::ConnectionLost { duration_s: 0 };
        let (alice_jid, bob_jid) = (of.alice.jid.clone(), of.bob.jid.clone());
        for (agent, other) in [(&mut of.alice, bob_jid), (&mut of.bob, alice_jid)] {
            let reason = ended_within(agent, &of.call, Duration::from_secs(90)).await;
            assert_eq!(without_duration(reason), lost);
            assert_eq!(phases(agent, &of.call).await, ["calling", "connecting", "connected", "reconnecting", "ended"]);
            let kept = record(agent, &other, &of.call).await;
            assert_eq!(kept.reason.map(without_duration), Some(lost.clone()));
        }
    });
}
