//! Cuts, dead links, restarts.

use std::net::SocketAddr;

use confab_model::SignInFailure;
use confab_session::SendError;

use super::{proxy::Proxy, *};

on_both_servers!(a_cut_stream_is_resumed, a_dead_link_is_found, a_killed_server_is_waited_for, replaced);

async fn behind_proxy(server: &LocalServer) -> Proxy {
    Proxy::to(SocketAddr::new(server.address(), server.port())).await
}

async fn a_cut_stream_is_resumed(kind: Kind) {
    let server = start(kind);
    let proxy = behind_proxy(&server).await;
    let mut alice = User::online_at(&server, User::config(&server, "alice"), proxy.address.clone()).await;
    let mut bob = User::online(&server, "bob").await;
    befriend(&mut alice, &mut bob).await;
    for round in 0..3 {
        // Frozen, so that what is sent now is lost on the way and the server notices nothing.
        proxy.freeze();
        let lost = alice.says(&bob.jid, &format!("lost {round}")).await;
        bob.says(&alice.jid, &format!("to nowhere {round}")).await;
        alice.handle.network_changed().await;
        assert!(alice.online_again().await, "not resumed");
        bob.hears(&format!("lost {round}")).await;
        alice.hears(&format!("to nowhere {round}")).await;
        alice.delivered(&lost).await;
        proxy.cut();
        assert!(alice.online_again().await, "not resumed");
    }
}

async fn a_dead_link_is_found(kind: Kind) {
    let server = start(kind);
    let proxy = behind_proxy(&server).await;
    let mut alice = User::online_at(&server, User::config(&server, "alice"), proxy.address.clone()).await;
    proxy.freeze();
    assert!(alice.handle.probe().await.is_err());
    alice.state("the loss", |state| matches!(state, ConnectionState::Waiting { .. })).await;
    assert!(alice.online_again().await, "not resumed");
    alice.handle.probe().await.unwrap();
}

async fn a_killed_server_is_waited_for(kind: Kind) {
    let server = start(kind);
    let mut alice = User::online(&server, "alice").await;
    let mut bob = User::online(&server, "bob").await;
    befriend(&mut alice, &mut bob).await;
    let server: Shared = Arc::new(std::sync::Mutex::new(server));
    on_server(&server, LocalServer::kill).await;
    alice.state("the loss", |state| matches!(state, ConnectionState::Waiting { .. })).await;
    let message = OutgoingMessage::text("m".into(), bob.jid.clone(), "now?");
    assert_eq!(alice.handle.send_message(message).await, Err(SendError::NotOnline));
    on_server(&server, |server| server.start_again().unwrap()).await;
    for user in [&mut alice, &mut bob] {
        user.handle.network_changed().await;
        assert!(!user.online_again().await, "the server forgot the session");
        user.caught_up().await;
    }
    let id = alice.says(&bob.jid, "back").await;
    bob.hears("back").await;
    alice.delivered(&id).await;
}

async fn replaced(kind: Kind) {
    let server = start(kind);
    // The same installation, started twice: the same resource, whoever chooses it.
    let config = User::config(&server, "alice");
    let mut first = User::online_at(&server, config.clone(), address(&server)).await;
    let second = User::online_at(&server, config, address(&server)).await;
    let state = first.state("the end", |state| matches!(state, ConnectionState::Failed { .. })).await;
    assert_eq!(state, ConnectionState::Failed { why: SignInFailure::Replaced });
    second.handle.probe().await.unwrap();
}
