//! The loop: lines in, operations started, results and events out.
//!
//! Operations run side by side, so that one that waits for the network holds up nothing; results come in the order of
//! their ends. Who needs an order waits for a result before the next request.

use std::sync::Arc;

use confab_client::Client;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _},
    sync::{Semaphore, mpsc},
};

use crate::{
    dispatch::perform,
    protocol::{Operation, OutputLine, parse},
};

/// Lines that may wait for the reader of standard output; beyond it the core's events wait in their own backlog and
/// end in a `resync`.
const OUTPUT: usize = 1_024;
/// Operations at once. A script that asks for more waits.
const AT_ONCE: usize = 64;
/// Longest line that is read; the longest sensible one is a message of 30,000 characters.
const MAX_LINE: u64 = 1 << 20;

/// Runs until end of input or `quit`, then signs off.
///
/// # Errors
/// Standard input or output cannot be used.
pub async fn run(
    client: Client,
    input: impl AsyncBufRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
) -> std::io::Result<()> {
    let (lines, queue) = mpsc::channel(OUTPUT);
    let writer = tokio::spawn(write_lines(queue, output));
    let mut events = client.events();
    let told = lines.clone();
    let events = tokio::spawn(async move {
        while let Some(event) = events.next().await {
            if told.send(OutputLine::Event(event)).await.is_err() {
                return;
            }
        }
    });
    let ready = OutputLine::Ready { version: env!("CARGO_PKG_VERSION") };
    if lines.send(ready).await.is_ok() {
        read_lines(&client, input, &lines).await?;
    }
    client.shut_down().await;
    events.abort();
    let _ = events.await;
    drop(lines);
    writer.await.map_err(std::io::Error::other)?
}

async fn read_lines(
    client: &Client,
    mut input: impl AsyncBufRead + Unpin,
    lines: &mpsc::Sender<OutputLine>,
) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut line = Vec::new();
    while read_line(&mut input, &mut line).await? {
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        let parsed = if line.len() as u64 > MAX_LINE {
            Err((None, format!("a line has at most {MAX_LINE} bytes")))
        } else {
            parse(&text)
        };
        match parsed {
            Ok((id, Operation::Quit {})) => {
                let _ = lines.send(OutputLine::Result { id, value: serde_json::Value::Null }).await;
                break;
            }
            Ok((id, operation)) => {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
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
            Err((id, message)) => {
                let _ = lines.send(OutputLine::malformed(id, message)).await;
            }
        }
    }
    // What was started is finished before the end is told.
    let _ = places.acquire_many(AT_ONCE as u32).await;
    Ok(())
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
