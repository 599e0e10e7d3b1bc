//! The outbox against a session that answers by script: what is handed over, in order, through cuts and full queues.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use confab_model::{Change, Composed, ConversationKind, WireId};

use super::*;

/// The store's outbox: `(place, id)`, and a session that takes messages while it is online and has room.
#[derive(Default)]
struct World {
    /// Places are never used again.
    places: Mutex<i64>,
    rows: Mutex<Vec<(i64, String)>>,
    taken: Mutex<Vec<String>>,
    answers: Mutex<VecDeque<SendError>>,
    sending: Sending,
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
    async fn send_message(&self, message: OutgoingMessage) -> Result<(), SendError> {
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
        Ok((page.into_iter().map(|(_, id)| entry(id)).collect(), last))
    }
}

type TestOutbox = Outbox<Arc<World>, Arc<World>>;

fn world() -> (Arc<World>, TestOutbox, mpsc::UnboundedReceiver<(MessageId, String)>) {
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
        world.sending.online(false);
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
        world.sending.online(resumed);
        run(&world, &mut outbox).await;
        assert_eq!(world.taken(), [1, 2], "resumed: {resumed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_outbox_goes_out_whole_and_in_order() {
    let (world, mut outbox, _failures) = world();
    world.queue(0..2_000);
    world.sending.online(false);
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
    world.sending.online(false);
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
    world.sending.online(false);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), range(0..6));
    world.acknowledged([0]);
    world.sending.offline();
    // 1 and 2 fell with the session; 3, 4 and 5 wait in its queue and go out by themselves.
    world.sending.lost(&["1".into(), "2".into()]);
    world.queue([6]);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0; 0]);
    world.sending.online(false);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [1, 2, 6]);
    world.sending.online(true);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0; 0], "a resumed stream sends them itself");
}

#[tokio::test(start_paused = true)]
async fn a_new_text_waits_until_the_account_has_heard_of_the_new_stream() {
    let (world, mut outbox, _failures) = world();
    world.queue(0..3);
    world.sending.online(false);
    run(&world, &mut outbox).await;
    world.taken();
    world.sending.offline();
    // The session is online again and would take it.
    world.queue([3]);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0; 0]);
    world.sending.lost(&["0".into(), "1".into(), "2".into()]);
    world.sending.online(false);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), range(0..4));
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_the_old_stream_does_not_close_the_new_one() {
    let (world, mut outbox, _failures) = world();
    world.sending.online(false);
    world.queue([0]);
    // While the answer was under way the stream came back.
    world.sending.online(true);
    world.sending.found_closed(1);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [0]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_is_told_and_does_not_hold_up_the_rest() {
    let (world, mut outbox, mut failures) = world();
    world.queue(0..2);
    world.answer(SendError::Invalid("a character".to_owned()));
    world.sending.online(false);
    run(&world, &mut outbox).await;
    assert_eq!(world.taken(), [1]);
    assert_eq!(failures.try_recv().unwrap(), ("0".into(), "a character".to_owned()));
}
