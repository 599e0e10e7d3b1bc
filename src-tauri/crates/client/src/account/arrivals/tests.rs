//! Arrivals against a store that fails by script: nothing is lost, nothing gets ahead.

#![allow(clippy::unwrap_used)]

use confab_model::{Change, Composed, ConversationKind, MessageId, Sender, Timestamp, WireId};

use super::*;

/// What was written, told and left out, in order, and how the next tries end.
#[derive(Default)]
struct Script {
    log: Vec<String>,
    failures: VecDeque<StoreError>,
    /// A message that no store would take.
    poison: Option<&'static str>,
}

fn name(arrival: &Arrival) -> String {
    match arrival {
        Arrival::Messages { messages, position } => {
            let ids: Vec<&str> = messages
                .iter()
                .map(|one| match one {
                    FromWire::Message(message) => message.id.as_str(),
                    FromWire::Amendment(amendment) => amendment.id.as_str(),
                })
                .collect();
            let position = position.as_ref().map_or(String::new(), |reached| match reached {
                Reached::Own(id) => format!(" to {id}"),
                Reached::Group(group, id) => format!(" to {id} of {group}"),
            });
            format!("{}{position}", ids.join(" "))
        }
        Arrival::Other(event) => match event.as_ref() {
            SessionEvent::MessageSent { id } => format!("sent {id}"),
            other => format!("{other:?}"),
        },
    }
}

impl ArrivalWriter for Script {
    async fn write(&mut self, arrival: Arrival) -> Result<(), StoreError> {
        let name = name(&arrival);
        if self.poison.is_some_and(|poison| name.split(' ').any(|word| word == poison)) {
            return Err(StoreError::Internal { detail: String::new() });
        }
        match self.failures.pop_front() {
            Some(error) => Err(error),
            None => {
                self.log.push(name);
                Ok(())
            }
        }
    }

    fn failing(&mut self, error: &StoreError) {
        self.log.push(format!("failing: {}", error.code()));
    }

    async fn left_out(&mut self, arrival: Arrival, _error: &StoreError) {
        self.log.push(format!("left out: {}", name(&arrival)));
    }
}

fn received(id: &str, source: MessageSource) -> SessionEvent {
    SessionEvent::MessageReceived(Box::new(ReceivedMessage {
        id: MessageId::from(id),
        origin_id: None,
        archive_id: Some(id.to_owned()),
        conversation: "bob@example.org".parse().unwrap(),
        kind: ConversationKind::Direct,
        sender: Sender::person("bob@example.org".parse().unwrap()),
        device: None,
        own: false,
        content: Composed::text("hi"),
        sent_at: Timestamp(0),
        stamped: false,
        ahead: false,
        source,
        markable: false,
        receipt: None,
    }))
}

fn amended(id: &str, source: MessageSource) -> SessionEvent {
    SessionEvent::MessageAmended(Box::new(Amendment {
        id: MessageId::from(id),
        archive_id: None,
        conversation: "bob@example.org".parse().unwrap(),
        kind: ConversationKind::Direct,
        by: Sender::person("bob@example.org".parse().unwrap()),
        own: false,
        of: WireId("m".to_owned()),
        change: Change::Recall,
        at: Timestamp(0),
        source,
    }))
}

fn archived(id: &str) -> SessionEvent {
    received(id, MessageSource::Archive)
}

fn reached(id: &str) -> SessionEvent {
    SessionEvent::ArchiveReached { id: id.to_owned() }
}

fn sent(id: &str) -> SessionEvent {
    SessionEvent::MessageSent { id: id.into() }
}

/// Takes events as the actor does.
async fn take(
    arrivals: &mut Arrivals,
    script: &mut Script,
    now: Instant,
    events: impl IntoIterator<Item = SessionEvent>,
) {
    for event in events {
        if arrivals.push(event) {
            arrivals.write(now, script).await;
        }
    }
}

/// Goes on at the times that are wanted until nothing waits. Returns the pauses.
async fn run(arrivals: &mut Arrivals, script: &mut Script, mut now: Instant) -> Vec<u128> {
    let mut pauses = Vec::new();
    while let Some(at) = arrivals.retry_at() {
        pauses.push((at - now).as_millis());
        now = at;
        arrivals.write(now, script).await;
    }
    assert!(arrivals.is_empty());
    pauses
}

#[tokio::test]
async fn a_page_is_one_transaction_and_live_messages_are_written_at_once() {
    let (mut arrivals, mut script, now) = (Arrivals::default(), Script::default(), Instant::now());
    let events = [archived("a"), archived("b"), reached("b"), received("c", MessageSource::Live), sent("m")];
    take(&mut arrivals, &mut script, now, events).await;
    assert_eq!(script.log, ["a b to b", "c", "sent m"]);
    assert!(arrivals.is_empty());
}

#[tokio::test]
async fn changes_keep_their_place_among_messages() {
    let (mut arrivals, mut script, now) = (Arrivals::default(), Script::default(), Instant::now());
    script.failures = vec![StoreError::Busy].into();
    let events = [
        received("a", MessageSource::Live),
        amended("b", MessageSource::Carbon),
        received("c", MessageSource::Live),
        archived("d"),
        amended("e", MessageSource::Archive),
        reached("e"),
        amended("f", MessageSource::Archive),
    ];
    take(&mut arrivals, &mut script, now, events).await;
    arrivals.write(now + FIRST_PAUSE, &mut script).await;
    assert_eq!(script.log, ["failing: storeBusy", "a b c d e to e", "f"]);
}

#[tokio::test]
async fn what_could_not_be_written_is_kept_and_no_position_gets_ahead() {
    let (mut arrivals, mut script, now) = (Arrivals::default(), Script::default(), Instant::now());
    script.failures = vec![StoreError::DiskFull; 9].into();
    take(&mut arrivals, &mut script, now, [archived("a"), reached("a")]).await;
    // What comes while the disk is full stands behind, and does not hurry the store.
    let later = [received("b", MessageSource::Live), reached("b"), sent("m"), archived("c"), reached("c")];
    take(&mut arrivals, &mut script, now, later).await;
    assert_eq!(script.failures.len(), 8);
    let pauses = run(&mut arrivals, &mut script, now).await;
    assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    assert_eq!(
        script.log,
        ["failing: diskFull", "a to a", "b to b", "sent m", "c to c"],
        "told once, written in order"
    );
}

#[tokio::test]
async fn what_no_store_takes_is_left_out_alone() {
    let (mut arrivals, mut script, now) = (Arrivals::default(), Script::default(), Instant::now());
    script.poison = Some("b");
    take(&mut arrivals, &mut script, now, [archived("a"), archived("b"), archived("c"), reached("c"), sent("m")]).await;
    run(&mut arrivals, &mut script, now).await;
    assert_eq!(script.log, ["failing: storeFailed", "a", "left out: b", "c", " to c", "sent m"]);
}

#[tokio::test]
async fn a_waiting_backlog_is_bounded() {
    let (mut arrivals, mut script, now) = (Arrivals::default(), Script::default(), Instant::now());
    script.failures = vec![StoreError::Busy].into();
    let mut count = 0;
    while arrivals.has_room() {
        take(&mut arrivals, &mut script, now, [sent(&count.to_string())]).await;
        count += 1;
    }
    assert_eq!(count, MAX_WAITING);
    run(&mut arrivals, &mut script, now).await;
    assert_eq!(script.log.len(), MAX_WAITING + 1);
    assert!(arrivals.has_room());
}

#[tokio::test]
async fn a_page_of_a_group_is_written_with_the_place_in_its_archive() {
    let (mut arrivals, mut script) = (Arrivals::default(), Script::default());
    let group = |id: &str| {
        let event = GroupEvent::ArchiveReached { group: "room@x.org".parse().unwrap(), id: id.to_owned() };
        SessionEvent::Group(Box::new(event))
    };
    let events = [archived("1"), archived("2"), group("k2"), archived("3"), group("k3"), reached("a3")];
    take(&mut arrivals, &mut script, Instant::now(), events).await;
    assert_eq!(script.log, ["1 2 to k2 of room@x.org", "3 to k3 of room@x.org", " to a3"]);
}
