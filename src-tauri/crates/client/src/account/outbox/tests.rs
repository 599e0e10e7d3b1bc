//! The outbox against a session that answers by script: what is handed over, in order, through cuts and full queues.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use confab_model::{Change, Composed, ConversationKind, WireId};

use super::*;

/// The store's outbox: `(place, id)`, and a session that takes messages while it is online and has room.
struct World {
    make: Mutex<fn(&str) -> Entry>,
    /// Places are never used again.
    places: Mutex<i64>,
    rows: Mutex<Vec<(i64, String)>>,
    taken: Mutex<Vec<String>>,
    answers: Mutex<VecDeque<SendError>>,
    sending: Sending,
}

impl Default for World {
    fn default() -> Self {
        Self {
            make: Mutex::new(entry),
            places: Mutex::default(),
            rows: Mutex::default(),
            taken: Mutex::default(),
            answers: Mutex::default(),
            sending: Sending::default(),
        }
    }
}

/// Every third entry is a change of a message.
fn entry(id: &str) -> Entry {
    let is_change = id.parse::<usize>().unwrap() % 3 == 2;
    let content = if is_change {
        SendingContent::Change { of: WireId(id.to_owned()), change: Change::Recall }
    } else {
        SendingContent::Message(Box::new(Composed::text(id)))
    };
    Entry { id: id.into(), to: "bob@example.org".parse().unwrap(), kind: ConversationKind::Direct, content }
}

impl MessageSink for Arc<World> {
    async fn send_message(&self, _session: u64, message: OutgoingMessage) -> Result<(), SendError> {
        match self.answers.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => {
                self.taken.lock().unwrap().push(message.id.0);
                Ok(())
            }
        }
    }
}

impl MessageSource for Arc<World> {
    async fn read(&self, after: i64, limit: u32) -> Result<(Vec<Entry>, i64), StoreError> {
        let rows = self.rows.lock().unwrap();
        let page: Vec<_> = rows.iter().filter(|(place, _)| *place > after).take(limit as usize).collect();
        let last = page.last().map_or(after, |(place, _)| *place);
        let make = *self.make.lock().unwrap();
        Ok((page.into_iter().map(|(_, id)| make(id)).collect(), last))
    }
}

type TestOutbox = Outbox<Arc<World>, Arc<World>>;

fn world() -> (Arc<World>, TestOutbox, mpsc::UnboundedReceiver<(MessageId, FailureWhy)>) {
    let world = Arc::new(World::default());
    let (failed, failures) = mpsc::unbounded_channel();
    (Arc::clone(&world), Outbox::new(Arc::clone(&world), Arc::clone(&world), failed), failures)
}

impl World {
    fn queue(&self, ids: impl IntoIterator<Item = usize>) {
        for id in ids {
            let mut place = self.places.lock().unwrap();
            *place += 1;
            self.rows.lock().unwrap().push((*place, id.to_string()));
        }
        self.sending.queued();
    }

    /// The server has them: out of the store, then told.
    fn acknowledged(&self, ids: impl IntoIterator<Item = usize>) {
        for id in ids {
            self.rows.lock().unwrap().retain(|(_, other)| *other != id.to_string());
            self.sending.settled(&id.to_string().as_str().into());
        }
    }

    /// What was handed over since the last look.
    fn taken(&self) -> Vec<usize> {
        std::mem::take(&mut *self.taken.lock().unwrap()).iter().map(|id| id.parse().unwrap()).collect()
    }

    fn answer(&self, error: SendError) {
        self.answers.lock().unwrap().push_back(error);
    }
}

/// Goes on until there is nothing to do. Returns until when.
async fn run(world: &Arc<World>, outbox: &mut TestOutbox) -> Option<Instant> {
    loop {
        if let Step::Idle(until) = outbox.step(&world.sending).await {
            return until;
        }
    }
}

fn range(range: std::ops::Range<usize>) -> Vec<usize> {
    range.collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_written_without_a_stream_is_sent_after_a_resumption_too() {
    for resumed in [true, false] {
        let (world, mut outbox, _failures) = world();
        world.sending.online(false, 1);
        world.queue([0]);
        run(&world, &mut outbox).await;
        world.acknowledged([0]);
        assert_eq!(world.taken(), [0]);
        // The session says so before the account hears of it.
        world.answer(SendError::NotOnline);
        world.queue([1]);
        run(&world, &mut outbox).await;
        world.sending.offline();
        world.queue([2]);
        run(&world, &mut outbox).await;
        assert_eq!(world.taken(), [0; 0]);
        world.sending.online(resumed, 1);
        run(&world, &mut outbox).await;
        assert_eq!(world.taken(), [1, 2], "resumed: {resumed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_outbox_goes_out_whole_and_in_order() {
    let (world, mut outbox, _failures) = world();
    world.queue(0..2_000);
    world.sending.online(false, 1);
    let mut taken = Vec::new();
    for _ in 0..10 {
        run(&world, &mut outbox).await;
        let now = world.taken();
        assert!(now.len() <= MAX_IN_HAND);
        world.acknowledged(now.iter().copied());
        taken.extend(now);
    }
    assert_eq!(taken, range(0..2_000));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_tried_again() {
    let (world, mut outbox, _failures) = world();
    world.queue(0..5);
    world.answer(SendError::QueueFull);
    world.answer(SendError::QueueFull);
    world.sending.online(false, 1);
    for _ in 0..2 {
        let until = run(&world, &mut outbox).await.unwrap();
        assert_eq!(world.taken(), [0; 0]);
        tokio::time::sleep_until(until).await;
    }
    assert_eq!(run(&world, &mut outbox).await, None);
    assert_eq!(world.taken(), range(0..5));
}

#[tokio::test(start_paused = true)]
async fn what_the_session_has_in_hand_is_not_handed_over_again() {
    let (world, mut outbox, _failures) = world();
    world.queue(0..6);
    world.sending.online(false, 1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), range(0..6));
    world.acknowledged([0]);
    world.sending.offline();
    // 1 and 2 fell with the session; 3, 4 and 5 wait in its queue and go out by themselves.
    world.sending.lost(&["1".into(), "2".into()]);
    world.queue([6]);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0; 0]);
    world.sending.online(false, 1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [1, 2, 6]);
    world.sending.online(true, 1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0; 0], "a resumed stream sends them itself");
}

#[tokio::test(start_paused = true)]
async fn a_new_text_waits_until_the_account_has_heard_of_the_new_stream() {
    let (world, mut outbox, _failures) = world();
    world.queue(0..3);
    world.sending.online(false, 1);
    run(&world, &mut outbox).await;
    world.taken();
    world.sending.offline();
    // The session is online again and would take it.
    world.queue([3]);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0; 0]);
    world.sending.lost(&["0".into(), "1".into(), "2".into()]);
    world.sending.online(false, 1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), range(0..4));
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_the_old_stream_does_not_close_the_new_one() {
    let (world, mut outbox, _failures) = world();
    world.sending.online(false, 1);
    world.queue([0]);
    // While the answer was under way the stream came back.
    world.sending.online(true, 1);
    world.sending.found_offline(&"bob@example.org".parse().unwrap(), 1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_is_told_and_does_not_hold_up_the_rest() {
    let (world, mut outbox, mut failures) = world();
    world.queue(0..3);
    world.answer(SendError::Invalid("a character".to_owned()));
    world.answer(SendError::TooLarge { limit: 9 });
    world.sending.online(false, 1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [2]);
    let other = FailureWhy::Other { detail: "a character".to_owned() };
    assert_eq!(failures.try_recv().unwrap(), ("0".into(), other));
    assert_eq!(failures.try_recv().unwrap(), ("1".into(), FailureWhy::TooLarge { limit: Some(9) }));
}

/// A message of a group, which has odd numbers, or of a person.
fn mixed(id: &str) -> Entry {
    let is_group = id.parse::<usize>().unwrap() % 2 == 1;
    let kind = if is_group { ConversationKind::Group } else { ConversationKind::Direct };
    let to = if is_group { room() } else { "bob@example.org".parse().unwrap() };
    let content = SendingContent::Message(Box::new(Composed::text(id)));
    Entry { id: id.into(), to, kind, content }
}

fn room() -> BareJid {
    "room@rooms.example.org".parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_is_for_a_group_waits_for_it_and_lets_the_rest_pass() {
    let (world, mut outbox, _failures) = world();
    *world.make.lock().unwrap() = mixed;
    world.sending.room_closed(&room());
    world.queue(0..6);
    world.sending.online(false, 1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0, 2, 4]);
    world.acknowledged([0, 2]);
    world.sending.room_open(&room());
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [1, 3, 5], "4 is in hand");
    // The group has what came back; the rest was lost with its room.
    world.acknowledged([1]);
    world.sending.lost(&["3".into(), "5".into()]);
    world.sending.room_closed(&room());
    world.queue(6..8);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [6]);
    world.sending.room_open(&room());
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [3, 5, 7]);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_the_session_has_lost_does_not_close_the_stream() {
    for resumed in [true, false] {
        let (world, mut outbox, _failures) = world();
        *world.make.lock().unwrap() = mixed;
        world.sending.online(false, 1);
        world.sending.room_open(&room());
        world.answer(SendError::NotOnline);
        world.queue(1..5);
        run(&world, &mut outbox).await;
        assert_eq!(world.taken(), [2, 4]);
        // After a resumption the groups are as they were; in a new session they are entered anew.
        world.sending.online(resumed, 1);
        run(&world, &mut outbox).await;
        assert_eq!(world.taken(), if resumed { vec![1, 3] } else { vec![] });
        world.sending.room_open(&room());
        run(&world, &mut outbox).await;
        assert_eq!(world.taken(), if resumed { vec![] } else { vec![1, 3] });
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_to_a_group_that_is_not_known() {
    let (world, mut outbox, _failures) = world();
    *world.make.lock().unwrap() = mixed;
    world.sending.online(false, 1);
    world.queue([1, 2]);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [2]);
}
