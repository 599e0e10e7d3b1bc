//! STUN and TURN servers of the account (XEP-0215): fetched ahead and renewed before they run out, so that a call does
//! not wait for them and never gets credentials that have expired.

use std::time::Duration;

use confab_model::{IceServer, Moment};
use confab_session::RequestError;

use super::{AccountMessage, actor::AccountActor};

/// Credentials are fetched anew when they have less than this left: longer than a call takes to connect.
const RENEW_BEFORE: Duration = Duration::from_secs(300);
/// A server whose credentials live shorter than [`RENEW_BEFORE`] is asked no more often than this.
const RENEW_MIN: Duration = Duration::from_secs(30);
/// The first wait after a failure; doubled each time up to [`RETRY_MAX`].
const RETRY: Duration = Duration::from_secs(15);
const RETRY_MAX: Duration = Duration::from_secs(300);
/// How long calls wait for the first answer. Without one they work where a direct path exists.
const FIRST_WAIT: Duration = Duration::from_secs(3);

/// What is known of the servers, and when to ask next. All times are monotonic.
#[derive(Debug, Default)]
pub(super) struct IceServers {
    known: Vec<IceServer>,
    /// Known, known to be absent, or not to be waited for any longer.
    settled: bool,
    asked_at: Option<Duration>,
    ask_at: Option<Duration>,
    failures: u32,
}

impl IceServers {
    /// A new stream: what was asked on the old one is lost.
    pub(super) fn online(&mut self, now: Moment) {
        self.asked_at = None;
        self.ask_at = Some(now.mono);
        self.failures = 0;
    }

    pub(super) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Those that still work.
    pub(super) fn usable(&self, now: Moment) -> Vec<IceServer> {
        let works = |server: &&IceServer| server.expires_at.is_none_or(|expires| expires > now.wall);
        self.known.iter().filter(works).cloned().collect()
    }

    /// When to look again. Nothing is asked without a stream.
    pub(super) fn next(&self, online: bool) -> Option<Duration> {
        if !online {
            return None;
        }
        let patience = self.asked_at.filter(|_| !self.settled).map(|at| at + FIRST_WAIT);
        let ask = self.ask_at.filter(|_| self.asked_at.is_none());
        patience.into_iter().chain(ask).min()
    }

    /// Whether to ask now.
    pub(super) fn is_due(&mut self, now: Moment) -> bool {
        if self.asked_at.is_some_and(|at| at + FIRST_WAIT <= now.mono) {
            self.settled = true;
        }
        let due = self.asked_at.is_none() && self.ask_at.is_some_and(|at| at <= now.mono);
        if due {
            self.asked_at = Some(now.mono);
        }
        due
    }

    pub(super) fn answered(&mut self, answer: Result<Vec<IceServer>, RequestError>, now: Moment) {
        self.asked_at = None;
        self.settled = true;
        match answer {
            Ok(servers) => {
                self.failures = 0;
                let first = servers.iter().filter_map(|server| server.expires_at).min();
                self.ask_at = first.map(|expires| {
                    let left = Duration::from_millis(expires.millis_since(now.wall));
                    now.mono + left.saturating_sub(RENEW_BEFORE).max(RENEW_MIN)
                });
                self.known = servers;
            }
            Err(error) if is_absent(&error) => {
                self.known.clear();
                self.ask_at = None;
            }
            // What it gave before works until it expires.
            Err(_) => {
                self.ask_at = Some(now.mono + RETRY.saturating_mul(1 << self.failures.min(8)).min(RETRY_MAX));
                self.failures += 1;
            }
        }
    }
}

/// The server does not know the question: asking again helps nobody before the next stream.
fn is_absent(error: &RequestError) -> bool {
    match error {
        RequestError::Unsupported(_) => true,
        RequestError::Refused(refusal) => {
            matches!(refusal.condition.as_str(), "service-unavailable" | "feature-not-implemented" | "item-not-found")
        }
        RequestError::NotOnline
        | RequestError::QueueFull
        | RequestError::Invalid(_)
        | RequestError::TooLarge { .. }
        | RequestError::Timeout
        | RequestError::Unexpected(_)
        | RequestError::Closed => false,
    }
}

impl AccountActor {
    pub(super) fn refresh_ice_servers(&mut self) {
        self.ice_servers.online(self.context.clock.now());
        self.ask_for_ice_servers();
    }

    /// Asks for the servers if it is time to. The answer comes by the mailbox.
    pub(super) fn ask_for_ice_servers(&mut self) {
        if !self.is_online() || !self.ice_servers.is_due(self.context.clock.now()) {
            return;
        }
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        let domain = self.jid.domain().to_string();
        tokio::spawn(async move {
            let answer = confab_session::external_services(&session, &domain).await;
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(AccountMessage::IceServersAnswered(answer)).await;
            }
        });
    }

    pub(super) fn ice_servers_answered(&mut self, answer: Result<Vec<IceServer>, RequestError>) {
        if let Err(error) = &answer {
            tracing::info!(%error, "the server tells of no STUN or TURN");
        }
        let now = self.context.clock.now();
        self.ice_servers.answered(answer, now);
        let has_relay = self.ice_servers.usable(now).iter().any(|server| server.username.is_some());
        self.change_account(|account| account.server.relay = has_relay);
    }
}

#[cfg(test)]
mod tests {
    use confab_model::{IceServerKind, Timestamp};

    use super::*;

    const START: Timestamp = Timestamp(1_800_000_000_000);

    fn at(seconds: u64) -> Moment {
        Moment { mono: Duration::from_secs(seconds), wall: START.plus(Duration::from_secs(seconds)) }
    }

    fn server(expires_s: Option<u64>) -> IceServer {
        IceServer {
            kind: IceServerKind::Turn,
            host: "turn.example.org".to_owned(),
            port: 3478,
            tcp: false,
            username: Some(confab_model::Pii("u".to_owned())),
            password: None,
            expires_at: expires_s.map(|s| START.plus(Duration::from_secs(s))),
        }
    }

    #[test]
    fn credentials_are_renewed_before_they_run_out_and_never_used_after() {
        let mut servers = IceServers::default();
        servers.online(at(0));
        assert_eq!(servers.next(true), Some(Duration::ZERO));
        assert_eq!(servers.next(false), None, "nobody to ask");
        assert!(servers.is_due(at(0)) && !servers.is_due(at(0)), "asked once");
        servers.answered(Ok(vec![server(Some(3_600)), server(None)]), at(1));
        assert_eq!(servers.next(true), Some(Duration::from_secs(3_300)));
        assert!(!servers.is_due(at(3_299)) && servers.is_due(at(3_300)));
        // The server does not answer: asked again, ever more rarely, and what works is kept as long as it does.
        servers.answered(Err(RequestError::Timeout), at(3_330));
        assert_eq!(servers.next(true), Some(Duration::from_secs(3_345)));
        assert_eq!(servers.usable(at(3_599)).len(), 2);
        assert_eq!(servers.usable(at(3_600)), [server(None)]);
        assert!(servers.is_due(at(3_345)));
        servers.answered(Err(RequestError::Timeout), at(3_375));
        assert_eq!(servers.next(true), Some(Duration::from_secs(3_405)));
    }

    #[test]
    fn calls_wait_for_the_first_answer_only_briefly() {
        let mut servers = IceServers::default();
        servers.online(at(0));
        assert!(servers.is_due(at(0)) && !servers.is_settled());
        assert_eq!(servers.next(true), Some(FIRST_WAIT));
        assert!(!servers.is_due(at(3)), "still asked");
        assert!(servers.is_settled());
        assert_eq!(servers.next(true), None, "the answer comes or fails");
        servers.answered(Err(RequestError::Unsupported("urn:xmpp:extdisco:2")), at(4));
        assert_eq!(servers.next(true), None, "known to be absent");
        // A new stream asks again, and holds no call up.
        servers.online(at(9));
        assert!(servers.is_settled() && servers.is_due(at(9)));
    }

    #[test]
    fn credentials_that_live_shortly_are_not_asked_for_all_the_time() {
        let mut servers = IceServers::default();
        servers.online(at(0));
        servers.is_due(at(0));
        servers.answered(Ok(vec![server(Some(60))]), at(0));
        assert_eq!(servers.next(true), Some(RENEW_MIN));
    }
}
