//! The loop of an account and what it owns.

use std::{collections::HashMap, sync::Arc, time::Duration};

use confab_call::{Calls, Done, FloorEvent, FloorRequest, Leaving, Readiness};
use confab_model::{Account, AccountId, Availability, ConnectionState, Event, RequestId, ServerOffers};
use confab_session::{NetworkConnector, Session, SessionConfig, SessionEvent, SessionHandle, SignInToken};
use confab_store::{Store, StoredAccount};
use futures::FutureExt as _;
use tokio::sync::{mpsc, oneshot, watch};
use tracing::Instrument as _;

use super::{
    AccountHandle, AccountMessage, MAILBOX, Reply,
    arrivals::Arrivals,
    doubts::Doubts,
    groups::Groups,
    ice::IceServers,
    messages::MessageFailures,
    outgoing::{Outgoing, OutgoingQueue},
    push::Push,
    records::CallRecords,
};
use crate::{
    Settings,
    call::{CallDrivers, CallStack},
    clock::Clock,
    event_bus::EventBus,
    files::{Files, Transfers},
    secrets::{AccountSecret, SecretKeeper, Secrets},
};

/// What an account shares with the rest of the core.
#[derive(Debug, Clone)]
pub(crate) struct AccountContext {
    pub(crate) store: Store,
    pub(crate) bus: EventBus,
    pub(crate) secrets: Secrets,
    pub(crate) clock: Clock,
    /// To the device-wide arbiter.
    pub(crate) floor: mpsc::UnboundedSender<(AccountId, FloorRequest)>,
    pub(crate) calls: Arc<CallStack>,
    pub(crate) files: Files,
    /// Accounts whose person signed out on another device.
    pub(crate) leaving: mpsc::UnboundedSender<AccountId>,
}

/// What an account is started with.
#[derive(Debug)]
pub(crate) struct AccountStart {
    pub(crate) stored: StoredAccount,
    pub(crate) secret: AccountSecret,
    /// Keep tokens and the password for the next start.
    pub(crate) remember: bool,
    pub(crate) config: SessionConfig,
    pub(crate) connector: NetworkConnector,
    pub(crate) settings: Settings,
}

/// Starts the session and the actor of an account.
pub(crate) fn start(context: AccountContext, start: AccountStart) -> AccountHandle {
    let AccountStart { stored, secret, remember, mut config, connector, settings } = start;
    config.password = secret.password.clone();
    config.token = secret.token.clone().map(|(mechanism, token)| SignInToken { mechanism, token, expires_at: None });
    let account = Account {
        id: stored.id,
        jid: stored.jid.clone(),
        name: stored.name.clone(),
        connection: ConnectionState::Connecting,
        server: ServerOffers::default(),
    };
    let (account_state, account_watch) = watch::channel(account);
    let (mailbox_sender, mailbox) = mpsc::channel(MAILBOX);
    let (floor_sender, floor) = mpsc::unbounded_channel();
    let (session, session_events) = Session::spawn(config, connector);
    let (failed, failures) = mpsc::unbounded_channel();
    let span = tracing::info_span!("account", id = %stored.id);
    let drivers = CallDrivers::new(stored.id, Arc::clone(&context.calls), mailbox_sender.downgrade());
    let (bus, id) = (context.bus.clone(), stored.id);
    let keeper = SecretKeeper::start(context.secrets.clone(), stored.jid.clone(), move |error| {
        tracing::warn!(%error, "the sign-in is not remembered");
        bus.publish(Some(id), Event::Warning { code: "secrets".to_owned(), detail: error.to_string() });
    });
    let outgoing = OutgoingQueue::start(session.clone(), (context.store.clone(), stored.id), context.clock, failed);
    let teller = outgoing.record_teller();
    let actor = AccountActor {
        id: stored.id,
        jid: stored.jid.clone(),
        outgoing,
        records: CallRecords::start(stored.id, context.store.clone(), context.bus.clone(), teller),
        transfers: Transfers::new(
            (stored.id, context.files.clone()),
            (session.clone(), account_watch.clone()),
            context.bus.clone(),
            mailbox_sender.downgrade(),
        ),
        push: Push::start(session.clone(), (context.store.clone(), stored.id), context.bus.clone()),
        failures,
        context,
        mailbox,
        floor,
        own_mailbox: mailbox_sender.downgrade(),
        session: session.clone(),
        session_events,
        account: account_state,
        secret,
        remember,
        keeper,
        settings,
        availability: Availability::default(),
        calls: None,
        device: None,
        drivers,
        waiting_operations: HashMap::new(),
        last_heartbeat: None,
        sign_out: None,
        ice_servers: IceServers::default(),
        readiness: None,
        catching_up: true,
        history_read: stored.history_read,
        settle_due: false,
        groups: Groups::start(session.clone()),
        roster_whole: true,
        arrivals: Arrivals::default(),
        doubts: Doubts::default(),
    };
    tokio::spawn(actor.run().instrument(span));
    AccountHandle { jid: stored.jid, session, account: account_watch, mailbox: mailbox_sender, floor: floor_sender }
}

/// The state of one signed-in account. Its other methods stand by subject beside this file.
pub(super) struct AccountActor {
    pub(super) id: AccountId,
    pub(super) jid: confab_model::BareJid,
    pub(super) context: AccountContext,
    mailbox: mpsc::Receiver<AccountMessage>,
    /// The arbiter's words, in its order.
    floor: mpsc::UnboundedReceiver<FloorEvent>,
    pub(super) own_mailbox: mpsc::WeakSender<AccountMessage>,
    pub(super) session: SessionHandle,
    session_events: mpsc::Receiver<SessionEvent>,
    pub(super) outgoing: OutgoingQueue,
    pub(super) records: CallRecords,
    pub(super) push: Push,
    pub(super) transfers: Transfers,
    failures: MessageFailures,
    pub(super) account: watch::Sender<Account>,
    pub(super) secret: AccountSecret,
    pub(super) remember: bool,
    pub(super) keeper: SecretKeeper,
    pub(super) settings: Settings,
    pub(super) availability: Availability,
    /// From the first time online: the machine needs to know the own full address.
    pub(super) calls: Option<Calls>,
    /// The own full address that the machine was made with.
    pub(super) device: Option<confab_model::FullJid>,
    pub(super) drivers: CallDrivers,
    pub(super) waiting_operations: HashMap<RequestId, Reply<Done>>,
    /// When it was last kept that a call goes on.
    pub(super) last_heartbeat: Option<Duration>,
    /// By which sign-out of all devices this sign-in is told from an earlier one; `None`: not read yet.
    pub(super) sign_out: Option<String>,
    pub(super) ice_servers: IceServers,
    /// What the machine was last told of whether calls can be placed.
    pub(super) readiness: Option<Readiness>,
    /// The archive has not been read up to now.
    pub(super) catching_up: bool,
    /// What comes from the archive is news: it has been read up to now before.
    pub(super) history_read: bool,
    /// The archive has been read up to now, and what came is not all written yet.
    pub(super) settle_due: bool,
    pub(super) groups: Groups,
    /// The store has all of the roster up to the version that it has.
    pub(super) roster_whole: bool,
    /// Received and not yet written.
    pub(super) arrivals: Arrivals,
    pub(super) doubts: Doubts,
}

impl AccountActor {
    async fn run(mut self) {
        self.load_availability().await;
        self.load_groups().await;
        self.resume_uploads().await;
        let stopped = loop {
            let deadline = self.next_deadline();
            tokio::select! {
                message = self.mailbox.recv() => match message {
                    Some(AccountMessage::Stop { leaving, reply }) => break Some((leaving, reply)),
                    Some(message) => self.handle(message).await,
                    None => break None,
                },
                event = self.session_events.recv(), if self.arrivals.has_room() => match event {
                    Some(event) => self.handle_session(event).await,
                    None => break None,
                },
                Some(event) = self.floor.recv() => self.handle_floor(event).await,
                () = sleep_until(self.arrivals.retry_at()) => self.write_arrivals().await,
                Some((id, why)) = self.failures.recv() => self.message_unsendable(id, why).await,
                () = sleep_until(self.doubts.due_at()) => self.send_missing_again().await,
                () = sleep_until(deadline) => {
                    self.call_timers_due().await;
                    self.ask_for_ice_servers();
                }
            }
            self.update_readiness().await;
        };
        self.stop(stopped).await;
    }

    async fn stop(mut self, asked: Option<(Leaving, oneshot::Sender<AccountSecret>)>) {
        let (leaving, reply) = asked.unzip();
        let leaving = leaving.unwrap_or(Leaving::UntilStart);
        self.leave_calls(leaving).await;
        // What ends with it the other devices are told.
        self.records.flush().await;
        self.outgoing.flush().await;
        let push = match leaving {
            // An account that is not used here any more wakes nobody.
            Leaving::ForGood => self.push.end().boxed(),
            Leaving::UntilStart => self.push.finish().boxed(),
        };
        // The answer comes behind what the session has to tell. That was not confirmed, and comes again.
        let mut events = self.session_events;
        tokio::select! {
            () = push => {}
            () = async { while events.recv().await.is_some() {} } => {}
        }
        // The session may still have events to deliver while it closes the stream: nobody waits for them.
        events.close();
        let was_online = matches!(self.account.borrow().connection, ConnectionState::Online { .. });
        self.session.sign_out().await;
        if was_online && let Err(error) = self.context.store.session_closed(self.id).await {
            tracing::warn!(%error, "what was sent last stays in doubt");
        }
        self.keeper.finish().await;
        self.records.finish().await;
        self.account.send_modify(|account| account.connection = ConnectionState::Offline);
        let account = self.account.borrow().clone();
        self.context.bus.publish(Some(self.id), Event::AccountChanged { account });
        if let Some(reply) = reply {
            let _ = reply.send(self.secret);
        }
    }

    pub(super) fn publish(&self, event: Event) {
        self.context.bus.publish(Some(self.id), event);
    }

    async fn handle(&mut self, message: AccountMessage) {
        match message {
            AccountMessage::Send { conversation, draft, file, reply } => {
                let _ = reply.send(self.send_message(conversation, *draft, file.map(|file| *file)).await);
            }
            AccountMessage::Edit { message, text, mentions, reply } => {
                let _ = reply.send(self.edit_message(message, text, mentions).await);
            }
            AccountMessage::Recall { message, reply } => {
                let _ = reply.send(self.recall_message(message).await);
            }
            AccountMessage::React { message, emojis, reply } => {
                let _ = reply.send(self.react(message, emojis).await);
            }
            AccountMessage::Forward { messages, to, reply } => {
                let _ = reply.send(self.forward_messages(messages, to).await);
            }
            AccountMessage::DeleteMessages { messages, reply } => {
                let _ = reply.send(self.delete_messages(messages).await);
            }
            AccountMessage::Download { message, reply } => {
                let _ = reply.send(self.download_file(message).await);
            }
            AccountMessage::CancelTransfer { message, reply } => {
                let _ = reply.send(self.cancel_transfer(message).await);
            }
            AccountMessage::Transferred { message, number, outcome } => {
                self.transferred(message, number, outcome).await;
            }
            AccountMessage::SetConversation { jid, change, reply } => {
                let _ = reply.send(self.set_conversation(jid, change).await);
            }
            AccountMessage::DeleteConversation { jid, reply } => {
                let _ = reply.send(self.delete_conversation(jid).await);
            }
            AccountMessage::AcceptRequest { jid, reply } => {
                let _ = reply.send(self.accept_request(jid).await);
            }
            AccountMessage::PasswordChanged { password } => self.password_changed(password),
            AccountMessage::SignOutKnown(id) => self.sign_out_known(id).await,
            AccountMessage::ProfileRead(profile) => self.profile_read(*profile).await,
            AccountMessage::Resend { message, reply } => {
                let _ = reply.send(self.resend(message).await);
            }
            AccountMessage::OpenConversation { jid, reply } => {
                let _ = reply.send(self.open_conversation(jid).await);
            }
            AccountMessage::LoadOlder { conversation, before, reply } => {
                self.load_older(conversation, before, reply).await;
            }
            AccountMessage::OlderLoaded { conversation, page, reply } => {
                let _ = reply.send(self.older_loaded(conversation, *page).await);
            }
            AccountMessage::LoadPart { conversation, part, reply } => self.load_part(conversation, part, reply).await,
            AccountMessage::PartLoaded { conversation, part, reply } => {
                let _ = reply.send(self.part_loaded(conversation, *part).await);
            }
            AccountMessage::SetTyping { conversation, state } => {
                self.outgoing.push(Outgoing::ChatState(conversation, state));
            }
            AccountMessage::MarkDisplayed { conversation, up_to, reply } => {
                let _ = reply.send(self.mark_displayed(conversation, up_to).await);
            }
            AccountMessage::SaveDraft { conversation, text, reply } => {
                let _ = reply.send(self.save_draft(conversation, text).await);
            }
            AccountMessage::RequestAnswered { from, reply } => {
                self.request_settled(from).await;
                let _ = reply.send(Ok(()));
            }
            AccountMessage::GroupKnown { group, reply } => {
                let _ = reply.send(self.group_known(*group).await);
            }
            AccountMessage::GroupNamed(request) => self.group_named(*request).await,
            AccountMessage::GroupRequestAnswered { group, kind, from, reply } => {
                let _ = reply.send(self.settle_group_request(group, kind, from).await.map_err(Into::into));
            }
            AccountMessage::Call { operation, reply } => self.operate_call(operation, reply).await,
            AccountMessage::LiveCalls { reply } => {
                let _ = reply.send(self.live_calls());
            }
            AccountMessage::Driver { call, event } => self.handle_driver(call, event).await,
            AccountMessage::IceServersAnswered(answer) => self.ice_servers_answered(answer),
            AccountMessage::NetworkChanged => self.network_changed().await,
            AccountMessage::SettingsChanged(settings) => self.settings_changed(settings).await,
            // Ends the loop in `run`.
            AccountMessage::Stop { reply, .. } => drop(reply),
        }
    }
}

async fn sleep_until(deadline: Option<std::time::Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
