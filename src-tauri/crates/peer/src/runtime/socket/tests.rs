use std::collections::VecDeque;
use std::sync::Mutex;

use super::*;
use crate::relay::Relays;
use crate::runtime::Wake;
use crate::stream::lock;
use crate::stun::tests::message;

/// Datagrams that come together, all as long as the first but for the last.
type Incoming = io::Result<Vec<Vec<u8>>>;

/// Receives what it was told to, and keeps what it is to send.
#[derive(Debug, Default)]
struct Scripted {
    incoming: Mutex<VecDeque<Incoming>>,
    sent: Mutex<Vec<Vec<u8>>>,
}

const LOCAL: ([u8; 4], u16) = ([10, 0, 0, 1], 50_000);
const REMOTE: ([u8; 4], u16) = ([192, 0, 2, 1], 40_000);

impl AsyncUdpSocket for Scripted {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(LOCAL.into())
    }

    fn poll_send(&self, _: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        lock(&self.sent).push(transmit.contents.to_vec());
        Poll::Ready(Ok(transmit.contents.len()))
    }

    fn poll_recv(
        &self,
        _: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        match lock(&self.incoming).pop_front() {
            None => Poll::Pending,
            Some(Err(error)) => Poll::Ready(Err(error)),
            Some(Ok(datagrams)) => {
                let bytes = datagrams.concat();
                bufs[0][..bytes.len()].copy_from_slice(&bytes);
                (meta[0].addr, meta[0].len, meta[0].stride) = (REMOTE.into(), bytes.len(), datagrams[0].len());
                Poll::Ready(Ok(1))
            }
        }
    }
}

fn socket(incoming: Vec<Incoming>) -> (WakingSocket, Arc<Scripted>, Arc<Wire>) {
    let inner = Arc::new(Scripted { incoming: Mutex::new(incoming.into()), ..Default::default() });
    let wire = Arc::new(Wire::new(Arc::new(Wake::default()), None, Relays::new(Vec::new(), false, None)));
    (WakingSocket::new(Arc::clone(&inner) as Arc<dyn AsyncUdpSocket>, Arc::clone(&wire)).unwrap(), inner, wire)
}

async fn receive(socket: &WakingSocket) -> io::Result<Vec<u8>> {
    let (mut buffer, mut meta) = (vec![0; 2_000], [RecvMeta::default()]);
    std::future::poll_fn(|cx| socket.poll_recv(cx, &mut [IoSliceMut::new(&mut buffer)], &mut meta)).await?;
    buffer.truncate(meta[0].len);
    Ok(buffer)
}

#[tokio::test(start_paused = true)]
async fn a_socket_outlives_a_network_that_is_down() {
    let gone = [io::ErrorKind::NetworkDown, io::ErrorKind::NetworkUnreachable, io::ErrorKind::HostUnreachable];
    let mut incoming: Vec<_> = gone.into_iter().map(|kind| Err(kind.into())).collect();
    let back = message(stun::BINDING_SUCCESS, &[]);
    incoming.push(Ok(vec![back.clone()]));
    let (socket, ..) = socket(incoming);
    assert_eq!(receive(&socket).await.unwrap(), back);
}

#[tokio::test]
async fn what_is_passing_is_left_to_the_engine() {
    let (socket, ..) = socket(vec![Err(io::ErrorKind::ConnectionRefused.into())]);
    assert_eq!(receive(&socket).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn without_consent_only_stun_goes_out() {
    let (socket, sent, wire) = socket(Vec::new());
    let media = vec![0x80, 96, 0, 1];
    let check = message(stun::BINDING_REQUEST, &[]);
    let by_channel = |inner: &[u8]| [&[0x40, 0, 0, inner.len() as u8], inner].concat();
    let all = [media.clone(), check.clone(), by_channel(&media), by_channel(&check), vec![22, 254, 253]];
    for (is_unwanted, expected) in [(false, &all[..]), (true, &[all[1].clone(), all[3].clone()])] {
        wire.is_unwanted.store(is_unwanted, Ordering::Relaxed);
        for contents in &all {
            let transmit =
                Transmit { destination: REMOTE.into(), ecn: None, contents, segment_size: None, src_ip: None };
            let length = std::future::poll_fn(|cx| socket.poll_send(cx, &transmit)).await.unwrap();
            assert_eq!(length, contents.len(), "lost without a word");
        }
        assert_eq!(std::mem::take(&mut *lock(&sent.sent)), expected);
    }
}

#[tokio::test]
async fn checks_of_strangers_do_not_come_to_the_engine() {
    let check = |name: &[u8]| message(stun::BINDING_REQUEST, &[(stun::USERNAME, name)]);
    let answer = message(0x0101, &[]);
    let all = [check(b"near:far"), check(b"nearer:far"), message(stun::BINDING_REQUEST, &[]), answer.clone()];
    let (socket, inner, wire) = socket(Vec::new());
    for (is_answered, expected) in [(false, [false, false, false, true]), (true, [true, false, false, true])] {
        if is_answered {
            wire.expect_checks("near");
        }
        for (datagram, expected) in all.iter().zip(expected) {
            lock(&inner.incoming).push_back(Ok(vec![datagram.clone()]));
            let seen = receive(&socket).await.unwrap();
            assert_eq!(seen.as_slice(), if expected { datagram.as_slice() } else { &[] });
        }
    }
}

#[tokio::test]
async fn checks_of_strangers_do_not_slip_through_with_others() {
    let check = |name: &[u8]| message(stun::BINDING_REQUEST, &[(stun::USERNAME, name)]);
    let (own, stranger) = (check(b"near:far"), check(b"evil:far"));
    let end = own[..8].to_vec();
    let (socket, inner, wire) = socket(Vec::new());
    wire.expect_checks("near");
    wire.admission.note_sent(REMOTE.into(), &message(stun::BINDING_SUCCESS, &[]));
    for (together, expected) in [
        (vec![&stranger, &own, &stranger, &own, &end], vec![&own, &own, &end]),
        (vec![&own, &stranger], vec![&own]),
        (vec![&stranger, &stranger], vec![]),
    ] {
        lock(&inner.incoming).push_back(Ok(together.into_iter().cloned().collect()));
        assert_eq!(receive(&socket).await.unwrap(), expected.into_iter().flatten().copied().collect::<Vec<_>>());
    }
}
