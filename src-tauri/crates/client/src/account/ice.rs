//! STUN and TURN servers of the account (XEP-0215): fetched ahead, so that a call does not wait for them.

use std::time::Duration;

use confab_model::{IceServer, Timestamp};

use super::{AccountMessage, actor::AccountActor};

/// Credentials are fetched anew when they have less than this left: longer than a call takes to connect.
const RENEW_BEFORE: Duration = Duration::from_secs(300);

impl AccountActor {
    /// Asks for the servers if none are known or their credentials run out soon. The answer comes by the mailbox.
    pub(super) fn refresh_ice_servers(&self) {
        let soon = self.context.clock.now().wall.plus(RENEW_BEFORE);
        if !self.ice_servers.is_empty() && !self.ice_servers.iter().any(|server| runs_out(server, soon)) {
            return;
        }
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        let domain = self.jid.domain().to_string();
        tokio::spawn(async move {
            match confab_session::external_services(&session, &domain).await {
                Ok(servers) => {
                    if let Some(mailbox) = mailbox.upgrade() {
                        let _ = mailbox.send(AccountMessage::IceServersKnown(servers)).await;
                    }
                }
                // Known absent is a valid answer: calls then work where a direct path exists.
                Err(error) => tracing::info!(%error, "the server offers no STUN or TURN"),
            }
        });
    }

    pub(super) fn ice_servers_known(&mut self, servers: Vec<IceServer>) {
        let has_relay = servers.iter().any(|server| server.username.is_some());
        self.ice_servers = servers;
        self.change_account(|account| account.has_relay = has_relay);
    }
}

fn runs_out(server: &IceServer, by: Timestamp) -> bool {
    server.expires_at.is_some_and(|expires| expires <= by)
}

#[cfg(test)]
mod tests {
    use confab_model::IceServerKind;

    use super::*;

    #[test]
    fn only_credentials_with_an_end_run_out() {
        let server = |expires_at| IceServer {
            kind: IceServerKind::Turn,
            host: "turn.example.org".to_owned(),
            port: 3478,
            tcp: false,
            username: None,
            password: None,
            expires_at,
        };
        assert!(!runs_out(&server(None), Timestamp(1_000)));
        assert!(!runs_out(&server(Some(Timestamp(1_001))), Timestamp(1_000)));
        assert!(runs_out(&server(Some(Timestamp(1_000))), Timestamp(1_000)));
    }
}
