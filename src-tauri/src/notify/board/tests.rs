//! Ladders: one event in, the ordered changes of the desktop out.

use confab_model::{
    Account, CallMode, CallTimings, ContactRequest, Conversation, ConversationKind, LocalMediaState, MessageId,
    Participant, ParticipantState, RemoteMediaState, ServerOffers, Timestamp,
};

use super::*;

const ACCOUNT: AccountId = AccountId(1);

fn jid(name: &str) -> BareJid {
    format!("{name}@example.org").parse().unwrap()
}

fn take(board: &mut Board, event: Event) -> Vec<Step> {
    board.follow(&EventEnvelope { account: Some(ACCOUNT), seq: 0, event }, true)
}

fn call(id: &str, phase: CallPhase) -> Event {
    let participant = Participant {
        jid: jid("bob"),
        state: ParticipantState::Received,
        media: RemoteMediaState::default(),
        quality: None,
    };
    Event::CallChanged {
        call: CallSnapshot {
            id: CallId::from(id),
            account: ACCOUNT,
            direction: CallDirection::Incoming,
            media: CallMedia::Video,
            mode: CallMode::Common,
            phase,
            participants: vec![participant],
            local: LocalMediaState::default(),
            waiting: false,
            started_at: Timestamp(0),
            rings_until: None,
            timings: CallTimings::default(),
        },
    }
}

fn ring(id: &str, ring: RingKind) -> Event {
    Event::CallRinging { call: CallId::from(id), ring }
}

fn show_call(id: &str) -> Step {
    Step::Show(call_subject(id), Content::Ringing { from: jid("bob"), media: CallMedia::Video })
}

fn call_subject(id: &str) -> Subject {
    Subject::Call(ACCOUNT, CallId::from(id))
}

fn message(from: &str, text: &str) -> Event {
    Event::MessageAdded {
        message: Message::incoming(
            MessageId::from(text),
            jid(from),
            MessageContent::Text { text: text.to_owned() },
            Timestamp(0),
        ),
    }
}

fn show_message(from: &str, text: &str, count: u32) -> Step {
    let (id, by, text) = (text.into(), Sender::person(jid(from)), Some(text.to_owned()));
    let content = Content::Message { id, from: jid(from), by, text, count };
    Step::Show(Subject::Conversation(ACCOUNT, jid(from)), content)
}

fn unread(from: &str, unread: u32) -> Event {
    Event::ConversationChanged {
        conversation: Conversation { unread, ..Conversation::new(jid(from), ConversationKind::Direct, Timestamp(0)) },
    }
}

fn connection(connection: ConnectionState) -> Event {
    let account =
        Account { id: ACCOUNT, jid: jid("me"), name: String::new(), connection, server: ServerOffers::default() };
    Event::AccountChanged { account }
}

fn record(id: &str, reason: EndReason) -> Event {
    Event::CallRecorded {
        record: CallRecord {
            id: CallId::from(id),
            direction: CallDirection::Incoming,
            media: CallMedia::Audio,
            people: vec![(jid("bob"), ParticipantState::Timeout)],
            started_at: Timestamp(0),
            answered_at: None,
            ended_at: Some(Timestamp(1)),
            reason: Some(reason),
            answered_by: None,
            timings: CallTimings::default(),
        },
    }
}

#[test]
fn a_call_is_shown_while_it_rings_and_then_as_missed() {
    let mut board = Board::default();
    assert_eq!(take(&mut board, call("c", CallPhase::Calling)), []);
    assert_eq!(take(&mut board, ring("c", RingKind::Loud)), [show_call("c")]);
    assert_eq!(take(&mut board, call("c", CallPhase::Calling)), [], "nothing new");
    let ended = call("c", CallPhase::Ended { reason: EndReason::Timeout });
    assert_eq!(take(&mut board, ended), [Step::Close(call_subject("c"))]);
    assert_eq!(take(&mut board, ring("c", RingKind::Stopped)), []);
    let missed = Subject::MissedCall(ACCOUNT, CallId::from("c"));
    let content = Content::Missed { from: jid("bob"), media: CallMedia::Audio };
    assert_eq!(take(&mut board, record("c", EndReason::Timeout)), [Step::Show(missed.clone(), content)]);
    assert_eq!(board.focus(true, true), [Step::Close(missed)]);
}

#[test]
fn ringing_may_be_told_before_the_call() {
    let mut board = Board::default();
    assert_eq!(take(&mut board, ring("c", RingKind::Loud)), []);
    assert_eq!(take(&mut board, call("c", CallPhase::Calling)), [show_call("c")]);
    assert_eq!(take(&mut board, Event::CallDiscarded { call: CallId::from("c") }), [Step::Close(call_subject("c"))]);
}

#[test]
fn what_does_not_ring_loudly_is_not_shown() {
    let mut board = Board::default();
    for kind in [RingKind::Silent, RingKind::Waiting] {
        assert_eq!(take(&mut board, call("c", CallPhase::Calling)), []);
        assert_eq!(take(&mut board, ring("c", kind)), []);
    }
    assert_eq!(take(&mut board, record("c", EndReason::AnsweredElsewhere)), []);
}

#[test]
fn a_window_that_is_looked_at_shows_the_call_itself() {
    let mut board = Board::default();
    assert_eq!(board.focus(true, true), []);
    assert_eq!(take(&mut board, call("c", CallPhase::Calling)), []);
    assert_eq!(take(&mut board, ring("c", RingKind::Loud)), []);
    assert_eq!(board.focus(false, true), [show_call("c")]);
    assert_eq!(board.focus(true, true), [Step::Close(call_subject("c"))]);
}

#[test]
fn a_notification_that_was_taken_away_does_not_come_back() {
    let mut board = Board::default();
    take(&mut board, call("c", CallPhase::Calling));
    assert_eq!(take(&mut board, ring("c", RingKind::Loud)), [show_call("c")]);
    board.closed(&call_subject("c"));
    assert_eq!(take(&mut board, call("c", CallPhase::Calling)), []);
    assert_eq!(take(&mut board, ring("c", RingKind::Stopped)), []);
}

#[test]
fn messages_of_a_conversation_share_one_notification_until_it_is_read() {
    let mut board = Board::default();
    assert_eq!(take(&mut board, message("ann", "one")), [show_message("ann", "one", 1)]);
    assert_eq!(take(&mut board, message("bob", "two")), [show_message("bob", "two", 1)]);
    assert_eq!(take(&mut board, message("ann", "three")), [show_message("ann", "three", 2)]);
    assert_eq!(take(&mut board, unread("ann", 2)), []);
    let closed = Step::Close(Subject::Conversation(ACCOUNT, jid("ann")));
    assert_eq!(take(&mut board, unread("ann", 0)), [closed]);
    assert_eq!(take(&mut board, message("ann", "four")), [show_message("ann", "four", 1)]);
}

#[test]
fn what_came_while_away_is_told_once_by_number() {
    let mut board = Board::default();
    assert_eq!(take(&mut board, connection(ConnectionState::Online { catching_up: true })), []);
    assert_eq!(take(&mut board, message("ann", "one")), []);
    assert_eq!(take(&mut board, record("c", EndReason::Cancelled)), []);
    let subject = Subject::CaughtUp(ACCOUNT);
    let shown = Step::Show(subject.clone(), Content::WhileAway { count: 2 });
    assert_eq!(take(&mut board, connection(ConnectionState::Online { catching_up: false })), [shown]);
    assert_eq!(take(&mut board, message("ann", "two")), [show_message("ann", "two", 1)]);
    assert_eq!(board.focus(true, true), [Step::Close(subject)]);
}

#[test]
fn requests_of_strangers_wait_in_the_window() {
    let mut board = Board::default();
    let request = ContactRequest {
        from: jid("eve"),
        nickname: String::new(),
        reason: "hello".to_owned(),
        received_at: Timestamp(0),
    };
    assert_eq!(take(&mut board, Event::ContactRequested { request }), []);
}

#[test]
fn applications_for_a_group_share_one_notification_until_all_are_answered() {
    let mut board = Board::default();
    let request = |from: &str, kind| Event::GroupRequested {
        request: confab_model::GroupRequest {
            group: jid("room"),
            kind,
            from: jid(from),
            name: "Room".to_owned(),
            text: "let me in".to_owned(),
            received_at: Timestamp(0),
        },
    };
    let applies = |from: &str| request(from, GroupRequestKind::Application);
    let settled = |from: &str, request| Event::GroupRequestSettled { group: jid("room"), from: jid(from), request };
    let subject = || Subject::Applications(ACCOUNT, jid("room"));
    let shown = |from: &[&str]| {
        let from = from.iter().map(|name| jid(name)).collect();
        [Step::Show(subject(), Content::Applied { group: jid("room"), from })]
    };
    assert_eq!(take(&mut board, request("ann", GroupRequestKind::Invitation)), []);
    assert_eq!(take(&mut board, applies("ann")), shown(&["ann"]));
    assert_eq!(take(&mut board, applies("bob")), shown(&["ann", "bob"]));
    assert_eq!(take(&mut board, applies("ann")), [], "asked again");
    assert_eq!(take(&mut board, settled("ann", GroupRequestKind::Invitation)), []);
    assert_eq!(take(&mut board, settled("ann", GroupRequestKind::Application)), shown(&["bob"]));
    assert_eq!(take(&mut board, settled("ann", GroupRequestKind::Application)), [], "told twice");
    assert_eq!(take(&mut board, settled("bob", GroupRequestKind::Application)), [Step::Close(subject())]);
    assert_eq!(take(&mut board, applies("eve")), shown(&["eve"]));
    let removed = Event::GroupRemoved { jid: jid("room") };
    assert_eq!(take(&mut board, removed), [Step::Close(subject())]);
    for n in 0..=MOST_APPLICANTS {
        take(&mut board, applies(&format!("p{n}")));
    }
    let Some(Content::Applied { from, .. }) = board.content(&subject()) else { panic!("applications") };
    assert_eq!((from.len(), &from[0]), (MOST_APPLICANTS, &jid("p1")));
    assert_eq!(board.focus(true, true), [Step::Close(subject())]);
    assert_eq!(take(&mut board, applies("ann")), [], "the window shows it");
}

#[test]
fn a_message_may_bring_the_words_of_its_notification() {
    let mut board = Board::default();
    let of = |push_text: Option<&str>| {
        let content = MessageContent::Custom { text: "for other clients".to_owned() };
        let plain = Message::incoming("m".into(), jid("bob"), content, Timestamp(0));
        Event::MessageAdded { message: Message { push_text: push_text.map(str::to_owned), ..plain } }
    };
    let shown = |text: &str, count| {
        let (by, text) = (Sender::person(jid("bob")), Some(text.to_owned()));
        let content = Content::Message { id: "m".into(), from: jid("bob"), by, text, count };
        [Step::Show(Subject::Conversation(ACCOUNT, jid("bob")), content)]
    };
    assert_eq!(take(&mut board, of(Some("your turn"))), shown("your turn", 1));
    assert_eq!(take(&mut board, of(None)), shown("for other clients", 2));
}

#[test]
fn a_flood_takes_back_the_oldest() {
    let mut board = Board::default();
    for n in 0..MOST_SHOWN {
        let from = format!("p{n}");
        assert_eq!(take(&mut board, message(&from, "x")), [show_message(&from, "x", 1)]);
    }
    let oldest = Step::Close(Subject::Conversation(ACCOUNT, jid("p0")));
    assert_eq!(take(&mut board, message("last", "x")), [oldest, show_message("last", "x", 1)]);
}

#[test]
fn switched_off_only_closes() {
    let mut board = Board::default();
    assert_eq!(take(&mut board, message("ann", "one")), [show_message("ann", "one", 1)]);
    let off = EventEnvelope { account: Some(ACCOUNT), seq: 0, event: message("bob", "two") };
    assert_eq!(board.follow(&off, false), []);
    let removed = EventEnvelope { account: Some(ACCOUNT), seq: 0, event: Event::AccountRemoved };
    let closed = Step::Close(Subject::Conversation(ACCOUNT, jid("ann")));
    assert_eq!(board.follow(&removed, false), [closed], "bob's was never shown");
}

#[test]
fn what_was_taken_back_is_not_left_on_the_desktop() {
    let mut board = Board::default();
    let recalled = |id: &str| Event::MessageUpdated {
        message: Message::incoming(id.into(), jid("bob"), MessageContent::Recalled, Timestamp(0)),
    };
    let subject = || Subject::Conversation(ACCOUNT, jid("bob"));
    take(&mut board, message("bob", "a"));
    assert_eq!(take(&mut board, recalled("other")), []);
    assert_eq!(take(&mut board, recalled("a")), [Step::Close(subject())]);
    take(&mut board, message("bob", "b"));
    let removed = Event::MessagesRemoved { conversation: jid("bob"), messages: vec!["x".into(), "b".into()] };
    assert_eq!(take(&mut board, removed), [Step::Close(subject())]);
    take(&mut board, message("bob", "c"));
    assert_eq!(take(&mut board, Event::ConversationRemoved { jid: jid("bob") }), [Step::Close(subject())]);
}
