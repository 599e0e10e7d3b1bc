//! One HTTP/1.1 exchange with a program on this machine: JSON there and back.
//!
//! Only what a WebDriver server needs (RFC 9112): one request per connection, a body by length, in chunks or to the end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use confab_testkit::error::{Context, Error, Result};

/// Connecting on loopback takes microseconds; a server that does not accept hangs.
const CONNECT: Duration = Duration::from_secs(5);

/// Largest answer that is read, in bytes. A screenshot in base64 is a few million.
const MOST: u64 = 64 * 1024 * 1024;

/// Sends one request and returns status and body. `limit` bounds each wait for the answer.
pub(super) fn exchange(
    port: u16,
    method: &str,
    path: &str,
    body: Option<&Value>,
    limit: Duration,
) -> Result<(u16, Value)> {
    let what = || format!("{method} {path} on port {port}");
    let address = (Ipv4Addr::LOCALHOST, port).into();
    let mut stream = TcpStream::connect_timeout(&address, CONNECT).doing(what)?;
    stream.set_nodelay(true).doing(what)?;
    stream.set_read_timeout(Some(limit)).doing(what)?;
    stream.set_write_timeout(Some(limit)).doing(what)?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).doing(what)?;
    let (status, bytes) = answer(&mut BufReader::new(stream.take(MOST))).doing(what)?;
    let value = serde_json::from_slice(&bytes);
    let value = value.map_err(|e| Error::Unexpected(format!("{}: status {status}, not JSON: {e}", what())))?;
    Ok((status, value))
}

fn bad(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned())
}

fn answer(reader: &mut impl BufRead) -> std::io::Result<(u16, Vec<u8>)> {
    let first = line(reader)?;
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
    let status = status.ok_or_else(|| bad("not an HTTP answer"))?;
    let (mut length, mut chunked) = (None, false);
    loop {
        let header = line(reader)?;
        if header.is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = Some(value.trim().parse().map_err(|_| bad("a length that is no number"))?),
            "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
            _ => {}
        }
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let size = line(reader)?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| bad("a chunk without a size"))?;
            if size == 0 {
                break;
            }
            read_exactly(reader, size, &mut body)?;
            line(reader)?;
        }
    } else if let Some(length) = length {
        read_exactly(reader, length, &mut body)?;
    } else {
        reader.read_to_end(&mut body)?;
    }
    Ok((status, body))
}

/// Grows with what arrives: a length that is claimed reserves nothing.
fn read_exactly(reader: &mut impl BufRead, length: u64, into: &mut Vec<u8>) -> std::io::Result<()> {
    let read = reader.by_ref().take(length).read_to_end(into)?;
    if read as u64 == length { Ok(()) } else { Err(bad("the answer is cut off")) }
}

fn line(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    reader.by_ref().take(16 * 1024).read_until(b'\n', &mut bytes)?;
    if bytes.pop() != Some(b'\n') {
        return Err(bad("the answer is cut off"));
    }
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\r').to_owned())
}

#[cfg(test)]
mod tests {
    use super::answer;

    fn read(text: &str) -> Option<(u16, String)> {
        answer(&mut text.as_bytes()).ok().map(|(status, body)| (status, String::from_utf8_lossy(&body).into_owned()))
    }

    #[test]
    fn bodies_end_by_length_chunk_or_close() {
        let body = Some((200, "{\"a\":1}".to_owned()));
        assert_eq!(read("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{\"a\":1}more"), body);
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x\r\n\":1}\r\n0\r\n\r\n"),
            body
        );
        assert_eq!(read("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}"), body);
        assert_eq!(read("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), Some((404, String::new())));
    }

    #[test]
    fn what_is_cut_off_or_not_http_is_an_error() {
        for text in ["", "SSH-2.0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "HTTP/1.1 200 OK\r\n"] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx"), None);
    }
}
