//! What journeys have in common: steps of calls and conversations, and what must be left after them.

use std::{path::Path, time::Duration};

use confab_model::{
    CallId, CallPhase, CallRecord, CallSnapshot, Conversation, DeliveryState, Direction, EndReason, Event, Message,
    MessageContent, MessageId, RingKind,
};
use confab_tests::driver::{Agent, LIMIT};
use serde::Deserialize;
use serde_json::{Value, json};

/// A page of a conversation, as the agent answers.
#[derive(Debug, Deserialize)]
pub struct Page {
    pub messages: Vec<Message>,
    pub complete: bool,
}

// Calls

/// Places a call and waits until the callee's device rings aloud and the caller knows.
pub async fn ring(caller: &mut Agent, callee: &Agent, media: &str) -> CallId {
    let call: CallId = caller.own("placeCall", json!({ "to": callee.jid, "media": media, "timeoutS": 60 })).await;
    ringing(callee, &call, RingKind::Loud).await;
    call
}

/// The call rings in this way.
pub async fn ringing(agent: &Agent, call: &CallId, kind: RingKind) {
    agent
        .event(&format!("{kind:?} ring"), |event| match event {
            Event::CallRinging { call: of, ring } if of == call && *ring == kind => Some(()),
            _ => None,
        })
        .await;
}

/// The first snapshot of the call of which `wanted` makes something.
pub async fn snapshot<T>(
    agent: &Agent,
    call: &CallId,
    what: &str,
    mut wanted: impl FnMut(&CallSnapshot) -> Option<T>,
) -> T {
    agent
        .event(what, |event| match event {
            Event::CallChanged { call: snapshot } if snapshot.id == *call => wanted(snapshot),
            _ => None,
        })
        .await
}

pub async fn accept(callee: &mut Agent, call: &CallId, media: &str) {
    callee.own::<Value>("acceptCall", json!({ "call": call, "media": media })).await;
}

pub async fn connected(agent: &Agent, call: &CallId) {
    snapshot(agent, call, "connected call", |call| matches!(call.phase, CallPhase::Connected { .. }).then_some(()))
        .await;
}

/// Rings, answers with the same media and waits until both sides are connected.
pub async fn talk(caller: &mut Agent, callee: &mut Agent, media: &str) -> CallId {
    let call = ring(caller, callee, media).await;
    accept(callee, &call, media).await;
    connected(caller, &call).await;
    connected(callee, &call).await;
    call
}

pub async fn hang_up(agent: &mut Agent, call: &CallId) {
    agent.own::<Value>("hangUp", json!({ "call": call })).await;
}

/// How the call ended here.
pub async fn ended(agent: &Agent, call: &CallId) -> EndReason {
    ended_within(agent, call, LIMIT).await
}

/// [`ended`] for calls that end by a deadline. A call that never rang here has a record only.
pub async fn ended_within(agent: &Agent, call: &CallId, limit: Duration) -> EndReason {
    agent
        .event_within(limit, "end of the call", |event| match event {
            Event::CallRecorded { record } if record.id == *call => record.reason.clone(),
            _ => None,
        })
        .await
}

/// The phases that the call showed here until its end, each once in a row.
pub async fn phases(agent: &Agent, call: &CallId) -> Vec<&'static str> {
    // The record is told before the screen.
    snapshot(agent, call, "the end on the screen", |call| matches!(call.phase, CallPhase::Ended { .. }).then_some(()))
        .await;
    let mut phases = agent.told(|event| match event {
        Event::CallChanged { call: snapshot } if snapshot.id == *call => Some(match snapshot.phase {
            CallPhase::Calling => "calling",
            CallPhase::Connecting => "connecting",
            CallPhase::Connected { .. } => "connected",
            CallPhase::Reconnecting { .. } => "reconnecting",
            CallPhase::Ended { .. } => "ended",
        }),
        _ => None,
    });
    phases.dedup();
    phases
}

/// How the call made itself known here until it stopped, in order.
pub async fn rings(agent: &Agent, call: &CallId) -> Vec<RingKind> {
    ringing(agent, call, RingKind::Stopped).await;
    rings_so_far(agent, call)
}

/// How the call made itself known here up to now, in order.
pub fn rings_so_far(agent: &Agent, call: &CallId) -> Vec<RingKind> {
    agent.told(|event| match event {
        Event::CallRinging { call: of, ring } if of == call => Some(*ring),
        _ => None,
    })
}

/// What is kept of the call: exactly one record in the call list and the same one, once, in the conversation.
pub async fn record(agent: &mut Agent, other: &str, call: &CallId) -> CallRecord {
    #[derive(Deserialize)]
    struct Records {
        records: Vec<CallRecord>,
    }
    let list: Records = agent.own("callRecords", json!({ "count": 100 })).await;
    let listed: Vec<_> = list.records.into_iter().filter(|record| record.id == *call).collect();
    let [listed] = <[CallRecord; 1]>::try_from(listed).expect("one record in the call list");
    let page = messages(agent, other, None, 200).await;
    let shown = page.messages.into_iter().filter_map(|message| match message.content {
        MessageContent::Call { call: of, record } if of == *call => Some(*record),
        _ => None,
    });
    let shown: Vec<_> = shown.collect();
    assert_eq!(shown, std::slice::from_ref(&listed), "one record in the conversation, the same");
    listed
}

/// Both ended, and kept the same course: reason, phases, one record each. Returns the records.
pub async fn both_ended(
    (caller, caller_reason): (&mut Agent, EndReason),
    (callee, callee_reason): (&mut Agent, EndReason),
    call: &CallId,
) -> (CallRecord, CallRecord) {
    assert_eq!(without_duration(ended(caller, call).await), caller_reason, "{}", caller.options.name);
    assert_eq!(without_duration(ended(callee, call).await), callee_reason, "{}", callee.options.name);
    let (caller_jid, callee_jid) = (caller.jid.clone(), callee.jid.clone());
    let of_caller = record(caller, &callee_jid, call).await;
    let of_callee = record(callee, &caller_jid, call).await;
    assert_eq!(of_caller.reason.clone().map(without_duration), Some(caller_reason));
    assert_eq!(of_callee.reason.clone().map(without_duration), Some(callee_reason));
    assert!(of_caller.ended_at.is_some() && of_callee.ended_at.is_some());
    (of_caller, of_callee)
}

/// The reason with its duration set to 0: how many seconds a test takes is nobody's promise.
pub fn without_duration(reason: EndReason) -> EndReason {
    match reason {
        EndReason::Completed { .. } => EndReason::Completed { duration_s: 0 },
        EndReason::ConnectionLost { .. } => EndReason::ConnectionLost { duration_s: 0 },
        other => other,
    }
}

pub const COMPLETED: EndReason = EndReason::Completed { duration_s: 0 };

// Conversations

/// Queues a text; its id.
pub async fn say(agent: &mut Agent, to: &str, text: &str) -> MessageId {
    agent.own("sendText", json!({ "conversation": to, "text": text })).await
}

/// A message with this text was added here.
pub async fn heard(agent: &Agent, text: &str) -> Message {
    agent
        .event(&format!("the message {text:?}"), |event| match event {
            Event::MessageAdded { message } if is_text(message, text) => Some(message.clone()),
            _ => None,
        })
        .await
}

pub fn is_text(message: &Message, wanted: &str) -> bool {
    matches!(&message.content, MessageContent::Text { text } if text == wanted)
}

/// The own message got at least this far.
pub async fn delivered(agent: &Agent, id: &MessageId, state: DeliveryState) {
    agent
        .event(&format!("{state:?} of {id}"), |event| match event {
            Event::MessageUpdated { message } if message.id == *id && message.delivery == state => Some(()),
            _ => None,
        })
        .await;
}

/// The message as of an update that fits.
pub async fn updated(agent: &Agent, id: &MessageId, what: &str, fits: impl Fn(&Message) -> bool) -> Message {
    agent
        .event(what, |event| match event {
            Event::MessageUpdated { message } if message.id == *id && fits(message) => Some(message.clone()),
            _ => None,
        })
        .await
}

/// The conversation as of an event from `mark` on that fits.
pub async fn conversation(
    agent: &Agent,
    mark: usize,
    with: &str,
    what: &str,
    fits: impl Fn(&Conversation) -> bool,
) -> Conversation {
    agent
        .event_since(mark, what, |event| match event {
            Event::ConversationChanged { conversation }
                if conversation.jid.to_string() == with && fits(conversation) =>
            {
                Some(conversation.clone())
            }
            _ => None,
        })
        .await
}

pub async fn messages(agent: &mut Agent, with: &str, before: Option<&MessageId>, limit: u32) -> Page {
    agent.own("messages", json!({ "conversation": with, "before": before, "limit": limit })).await
}

/// Everything of a conversation, oldest first, by pages of `limit`.
pub async fn whole_conversation(agent: &mut Agent, with: &str, limit: u32) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    loop {
        let before = all.first().map(|message| message.id.clone());
        let page = messages(agent, with, before.as_ref(), limit).await;
        assert!(page.messages.len() <= limit as usize);
        assert!(page.complete || !page.messages.is_empty(), "an empty page is the end");
        all.splice(0..0, page.messages);
        if page.complete {
            return all;
        }
    }
}

/// The texts of one direction, in order.
pub fn texts(messages: &[Message], direction: Direction) -> Vec<&str> {
    let of = messages.iter().filter(|message| message.direction == direction);
    of.filter_map(|message| match &message.content {
        MessageContent::Text { text } => Some(text.as_str()),
        _ => None,
    })
    .collect()
}

// Files

/// A picture that does not compress to nothing.
pub fn picture(path: &Path) {
    let picture = image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 90]));
    picture.save(path).unwrap();
}
