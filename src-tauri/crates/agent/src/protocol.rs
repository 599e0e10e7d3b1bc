//! The lines that go in and out. Each is one JSON object; `docs/agent.md` lists them for people.

use confab_client::{ErrorCode, OperationError};
use confab_model::{EventEnvelope, RequestId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Operation;

/// A line on standard input.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestLine {
    /// Comes back in the result. Any text.
    pub id: RequestId,
    pub op: String,
    #[serde(default)]
    pub args: Map<String, Value>,
}

/// A line on standard output.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OutputLine {
    /// The first line, once the core is up.
    Ready {
        version: &'static str,
    },
    Result {
        id: RequestId,
        value: Value,
    },
    Error {
        id: Option<RequestId>,
        code: String,
        message: String,
        detail: Option<String>,
    },
    Event(Box<EventEnvelope>),
    /// Before the first line: where the damaged history is now (`--set-history-aside`).
    SetAside {
        path: String,
    },
}

impl OutputLine {
    pub fn error(id: Option<RequestId>, error: &OperationError) -> Self {
        Self::Error {
            id,
            code: error.code.as_str().to_owned(),
            message: error.message.clone(),
            detail: error.detail.clone(),
        }
    }

    /// A line that could not be understood. Nothing was done.
    pub fn malformed(id: Option<RequestId>, message: String) -> Self {
        Self::Error { id, code: ErrorCode::InvalidArgument.as_str().to_owned(), message, detail: None }
    }
}

/// Reads one line. On failure: the request id if there is one, and what is wrong in words.
pub fn parse(line: &str) -> Result<(RequestId, Operation), (Option<RequestId>, String)> {
    let value: Value = serde_json::from_str(line).map_err(|error| (None, format!("not a JSON object: {error}")))?;
    let id = value.get("id").and_then(Value::as_str).map(|text| RequestId(text.to_owned()));
    let request: RequestLine =
        serde_json::from_value(value).map_err(|error| (id, format!("not a request: {error}")))?;
    let tagged = serde_json::json!({ "op": request.op, "args": request.args });
    match serde_json::from_value(tagged) {
        Ok(operation) => Ok((request.id, operation)),
        Err(error) => Err((Some(request.id), format!("{}: {error}", request.op))),
    }
}

#[cfg(test)]
mod tests {
    use confab_model::CallMedia;

    use super::*;

    fn failure(line: &str) -> (Option<String>, String) {
        let (id, message) = parse(line).expect_err("must be refused");
        (id.map(|id| id.0), message)
    }

    #[test]
    fn a_request_names_its_operation_and_arguments() {
        let (id, operation) = parse(
            r#"{"id":"7","op":"placeCall","args":{"account":1,"to":"bob@example.org","media":"video","timeoutS":30}}"#,
        )
        .expect("well formed");
        assert_eq!(id.0, "7");
        assert!(matches!(
            operation,
            Operation::PlaceCall { media: CallMedia::Video, timeout_s: Some(30), extension: None, .. }
        ));
        assert!(matches!(parse(r#"{"id":"8","op":"calls"}"#), Ok((_, Operation::Calls {}))));
    }

    #[test]
    fn what_may_be_left_out_may_be_null() {
        let line = r#"{"id":"1","op":"addContact","args":{"account":1,"jid":"a@b","name":null,"reason":null}}"#;
        let Ok((_, Operation::AddContact { name, reason, .. })) = parse(line) else { panic!("well formed") };
        assert_eq!((name.as_str(), reason.as_str()), ("", ""));
        let line = r#"{"id":"2","op":"callRecords","args":{"account":1,"count":9,"cursor":null}}"#;
        assert!(matches!(parse(line), Ok((_, Operation::CallRecords { cursor: 0, .. }))));
    }

    #[test]
    fn what_is_not_understood_is_said_with_the_id_where_there_is_one() {
        assert_eq!(failure("{").0, None);
        assert!(failure(r#"{"op":"calls"}"#).1.contains("id"));
        let (id, message) = failure(r#"{"id":"1","op":"fly"}"#);
        assert_eq!(id.as_deref(), Some("1"));
        assert!(message.contains("fly") && message.contains("placeCall"), "{message}");
        assert!(failure(r#"{"id":"1","op":"calls","args":{"account":1}}"#).1.contains("account"));
        assert!(failure(r#"{"id":"1","op":"hangUp","args":{"account":1,"call":5}}"#).1.contains("hangUp"));
        assert!(failure(r#"{"id":"1","op":"calls","extra":1}"#).1.contains("extra"));
        assert!(failure(r#"{"id":"1","op":"reconnect","args":{"account":-1}}"#).1.contains("reconnect"));
    }

    #[test]
    fn bent_lines_are_understood_or_refused() {
        const LINES: [&str; 4] = [
            r#"{"id":"7","op":"placeCall","args":{"account":1,"to":"bob@example.org","media":"video","extension":{"a":[1]}}}"#,
            r#"{"id":"8","op":"signIn","args":{"jid":"a@b","password":"p","server":{"host":"h","port":5222,"directTls":true}}}"#,
            r#"{"id":"9","op":"messages","args":{"account":1,"conversation":"a@b","before":null,"limit":50}}"#,
            r#"{"id":"10","op":"setTyping","args":{"account":1,"conversation":"a@b","state":"composing"}}"#,
        ];
        const PIECES: [&str; 9] = ["{", "}", "[", "\"", "\\u0000", "-1", "1e999", "null", "\u{202e}"];
        let seed = 20_261_121_u64;
        println!("seed {seed}");
        let mut state = seed;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or(0) % below.max(1)
        };
        for round in 0..5_000 {
            let mut line: Vec<char> = LINES[random(LINES.len())].chars().collect();
            for _ in 0..=random(4) {
                let at = random(line.len());
                let end = (at + random(8)).min(line.len());
                let piece = PIECES[random(PIECES.len())].repeat(if random(50) == 0 { 10_000 } else { random(2) });
                line.splice(at..end, piece.chars());
            }
            let line: String = line.into_iter().collect();
            if let Err((_, message)) = parse(&line) {
                // An unknown name is said twice, and then the names that there are.
                assert!(!message.is_empty() && message.len() <= 3 * line.len() + 4_096, "seed {seed}, round {round}");
            }
        }
    }
}
