//! The loop: lines in, operations started, results and events out.
//!
//! Operations run side by side, so that one that waits for the network holds up nothing; results come in the order of
//! their ends. Who needs an order waits for a result before the next request.

use std::{sync::Arc, time::Duration};

use confab_client::{Client, Events};
use confab_model::RequestId;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _},
    sync::{Semaphore, mpsc, oneshot},
};

use crate::{
    Operation,
    dispatch::perform,
    protocol::{OutputLine, parse},
};

/// Lines that may wait for the reader of standard output; beyond it the core's events wait in their own backlog and
/// end in a `resync`.
const OUTPUT: usize = 1_024;
/// Operations at once. A script that asks for more waits.
const AT_ONCE: usize = 64;
/// Longest line that is read; the longest sensible one is a message of 30,000 characters.
const MAX_LINE: u64 = 1 << 20;

/// How long what was asked for may still take once the end was asked for: signing in is the longest.
const LAST_OPERATIONS: Duration = Duration::from_secs(60);
/// How long the last lines may take to a reader that does not read.
const LAST_LINES: Duration = Duration::from_secs(5);

/// Runs until end of input, `quit` or `stop`, then finishes what was asked for, signs off and tells the last events.
///
/// # Errors
/// Standard input or output cannot be used. The client has signed off then too.
pub async fn run(
    client: Client,
    input: impl AsyncBufRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let (lines, queue) = mpsc::channel(OUTPUT);
    let mut writer = tokio::spawn(write_lines(queue, output));
    let (last, over) = oneshot::channel();
    let events = tokio::spawn(tell_events(client.events(), lines.clone(), over));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let end = tokio::select! {
        read = read_lines(&client, input, &lines, &places) => End::Input(read),
        written = &mut writer => End::Output(written.map_err(std::io::Error::other).flatten()),
        () = stop => End::Input(Ok(())),
    };
    if let End::Input(_) = &end {
        let all = places.acquire_many(AT_ONCE as u32);
        let _ = tokio::time::timeout(LAST_OPERATIONS, all).await;
    }
    client.shut_down().await;
    let _ = last.send(());
    drop(lines);
    match end {
        // Nobody reads any more; without an error it is the other end that closed.
        End::Output(written) => written.and(Err(std::io::ErrorKind::BrokenPipe.into())),
        End::Input(read) => {
            let _ = events.await;
            let written = tokio::time::timeout(LAST_LINES, writer).await;
            let written = written.map_or(Ok(()), |written| written.map_err(std::io::Error::other).flatten());
            read.and(written)
        }
    }
}

/// Why the agent ends.
enum End {
    Input(std::io::Result<()>),
    Output(std::io::Result<()>),
}

/// Forwards events until it is over, and then what was published before.
async fn tell_events(mut events: Events, lines: mpsc::Sender<OutputLine>, mut over: oneshot::Receiver<()>) {
    loop {
        // First the place: an event that was taken is told, and a reader that does not read does not hide the end.
        let place = tokio::select! {
            place = lines.reserve() => place,
            _ = &mut over => break,
        };
        let Ok(place) = place else { return };
        let event = tokio::select! {
            event = events.next() => event,
            _ = &mut over => break,
        };
        let Some(event) = event else { return };
        place.send(OutputLine::Event(Box::new(event)));
    }
    while let Some(event) = events.try_next() {
        if lines.send_timeout(OutputLine::Event(Box::new(event)), LAST_LINES).await.is_err() {
            return;
        }
    }
}

/// Starts what the lines ask for, until their end.
async fn read_lines(
    client: &Client,
    mut input: impl AsyncBufRead + Unpin,
    lines: &mpsc::Sender<OutputLine>,
    places: &Arc<Semaphore>,
) -> std::io::Result<()> {
    let _ = lines.send(OutputLine::Ready { version: env!("CARGO_PKG_VERSION") }).await;
    let mut line = Vec::new();
    while read_line(&mut input, &mut line).await? {
        match understood(&line) {
            None => {}
            Some(Ok((id, Operation::Quit {}))) => {
                let _ = lines.send(OutputLine::Result { id, value: serde_json::Value::Null }).await;
                break;
            }
            Some(Ok((id, operation))) => {
                let Ok(place) = Arc::clone(places).acquire_owned().await else { break };
                let (client, lines) = (client.clone(), lines.clone());
                tokio::spawn(async move {
                    let line = match perform(&client, operation).await {
                        Ok(value) => OutputLine::Result { id, value },
                        Err(error) => OutputLine::error(Some(id), &error),
                    };
                    let _ = lines.send(line).await;
                    drop(place);
                });
            }
            Some(Err((id, message))) => {
                let _ = lines.send(OutputLine::malformed(id, message)).await;
            }
        }
    }
    Ok(())
}

type Understood = Result<(RequestId, Operation), (Option<RequestId>, String)>;

/// What a line asks for; `None`: it is empty.
fn understood(line: &[u8]) -> Option<Understood> {
    if line.len() as u64 > MAX_LINE {
        return Some(Err((None, format!("a line has at most {MAX_LINE} bytes"))));
    }
    match std::str::from_utf8(line) {
        Ok(text) if text.trim().is_empty() => None,
        Ok(text) => Some(parse(text)),
        // Guessing at what was meant would send a text that nobody wrote.
        Err(error) => Some(Err((None, format!("not UTF-8: {error}")))),
    }
}

/// Reads up to a line feed; of a line that is too long, one byte more than is allowed is kept. `false` at the end.
async fn read_line(input: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let available = input.fill_buf().await?;
        if available.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(available.len(), |at| at + 1);
        let room = (MAX_LINE as usize + 1).saturating_sub(line.len());
        line.extend_from_slice(&available[..end.unwrap_or(taken).min(room)]);
        input.consume(taken);
        if end.is_some() {
            return Ok(true);
        }
    }
}

async fn write_lines(
    mut queue: mpsc::Receiver<OutputLine>,
    mut output: impl AsyncWrite + Unpin,
) -> std::io::Result<()> {
    while let Some(line) = queue.recv().await {
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        output.write_all(&bytes).await?;
        output.flush().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::future::{pending, ready};

    use confab_client::{ClientConfig, SecretPlace};
    use confab_model::{Pii, ServerAddress};
    use serde_json::Value;
    use tokio::io::{AsyncReadExt as _, BufReader, DuplexStream, duplex};

    use super::*;

    async fn client(folder: &tempfile::TempDir) -> Client {
        let config = ClientConfig::new(folder.path().to_owned(), "test".to_owned());
        Client::start(ClientConfig { secrets: Some(SecretPlace::File), ..config }).await.unwrap()
    }

    async fn lines(mut output: DuplexStream) -> Vec<Value> {
        let mut text = String::new();
        output.read_to_string(&mut text).await.unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[tokio::test]
    async fn a_signal_ends_it_like_the_end_of_input() {
        let folder = tempfile::tempdir().unwrap();
        let (_open, input) = duplex(64);
        let (output, told) = duplex(1 << 16);
        run(client(&folder).await, BufReader::new(input), output, ready(())).await.unwrap();
        drop(lines(told).await);
    }

    #[tokio::test]
    async fn it_ends_when_nobody_reads_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let (_open, input) = duplex(64);
        let (output, told) = duplex(1 << 16);
        drop(told);
        let done = run(client(&folder).await, BufReader::new(input), output, pending()).await;
        assert_eq!(done.unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (output, told) = duplex(1 << 16);
        let input = &b"{\"id\":\"1\",\"op\":\"calls\xff\"}\n\n{\"id\":\"2\",\"op\":\"calls\"}\n"[..];
        run(client(&folder).await, input, output, pending()).await.unwrap();
        let lines = lines(told).await;
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(
            (&lines[1]["error"]["id"], lines[1]["error"]["code"].as_str()),
            (&Value::Null, Some("invalidArgument"))
        );
        assert_eq!(lines[2]["result"]["id"], "2");
    }

    async fn signs_in_in_vain(client: &Client) {
        let nowhere = ServerAddress { host: "127.0.0.1".to_owned(), port: 1, direct_tls: false };
        let (jid, password) = ("a@localhost".parse().unwrap(), Pii("p".to_owned()));
        client.sign_in(jid, password, Some(nowhere), false).await.unwrap_err();
    }

    #[tokio::test]
    async fn a_reader_that_does_not_read_does_not_keep_it_from_ending() {
        let folder = tempfile::tempdir().unwrap();
        let client = client(&folder).await;
        let (lines, _unread) = mpsc::channel(1);
        let (last, over) = oneshot::channel();
        let telling = tokio::spawn(tell_events(client.events(), lines.clone(), over));
        signs_in_in_vain(&client).await;
        assert_eq!(lines.capacity(), 0, "more than one event");
        last.send(()).unwrap();
        tokio::time::pause();
        telling.await.unwrap();
    }

    /// The account goes at the very end, and is still told.
    #[tokio::test]
    async fn the_last_events_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let (output, told) = duplex(1 << 16);
        let input = &br#"{"id":"1","op":"signIn","args":{"jid":"a@localhost","password":"p","server":{"host":"127.0.0.1","port":1,"directTls":false}}}"#[..];
        run(client(&folder).await, input, output, pending()).await.unwrap();
        let lines = lines(told).await;
        assert!(lines.iter().any(|line| line["error"]["code"] == "unreachable"), "{lines:?}");
        assert!(lines.iter().any(|line| line["event"]["event"]["kind"] == "accountRemoved"), "{lines:?}");
    }
}
