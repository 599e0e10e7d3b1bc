//! A bad network in front of one UDP address: loss, delay, jitter, reordering, doubling, a narrow line.
//!
//! Owns: a relay on 127.0.0.1 with its threads. In: datagrams from any number of clients. Out: the same, to the target
//! and back, as [`Conditions`] say. The fate of the n-th datagram of a direction depends on the seed and n alone.
//! Does not: touch TCP; delay exactly (the scheduler adds up to a millisecond).

use std::collections::{BinaryHeap, HashMap};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::error::{Context, Result};

/// How often a reading thread looks whether it shall end.
const STOP_POLL: Duration = Duration::from_millis(50);

/// What the line does to the datagrams of each direction.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Conditions {
    /// Share that vanishes, 0 to 100.
    pub loss_percent: f64,
    /// Added to every datagram.
    pub delay: Duration,
    /// Up to this much more, equally distributed; the order stays.
    pub jitter: Duration,
    /// Share that is overtaken by later ones, 0 to 100: held back by `delay / 2 + 10 ms`.
    pub reorder_percent: f64,
    /// Share that arrives twice, 0 to 100.
    pub duplicate_percent: f64,
    /// Bits per second of the line; unlimited when `None`.
    pub rate: Option<u64>,
    /// Longest wait for the line before a datagram is dropped at its entrance (with `rate`).
    pub queue: Duration,
}

/// One direction: decides when (and whether, and how often) a datagram arrives. Pure.
#[derive(Debug)]
struct Line {
    random: StdRng,
    /// When the line is free again.
    free: Duration,
    /// Latest arrival that was promised: later datagrams do not arrive before it.
    latest: Duration,
}

impl Line {
    fn new(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), free: Duration::ZERO, latest: Duration::ZERO }
    }

    /// Times of arrival of a datagram of `bytes` that is sent at `now`; at most two.
    fn arrivals(&mut self, now: Duration, bytes: usize, conditions: &Conditions) -> Vec<Duration> {
        // Always four numbers, so that a changed condition does not change the fate of all later datagrams.
        let [loss, jitter, reorder, duplicate] = [(); 4].map(|()| self.random.random_range(0.0..1.0));
        if loss * 100.0 < conditions.loss_percent {
            return Vec::new();
        }
        let mut sent = now;
        if let Some(rate) = conditions.rate {
            let start = self.free.max(now);
            if start - now > conditions.queue {
                return Vec::new();
            }
            sent = start + Duration::from_secs_f64(bytes as f64 * 8.0 / rate.max(1) as f64);
            self.free = sent;
        }
        let mut due = sent + conditions.delay + conditions.jitter.mul_f64(jitter);
        if reorder * 100.0 < conditions.reorder_percent {
            due += conditions.delay / 2 + Duration::from_millis(10);
        } else {
            due = due.max(self.latest);
            self.latest = due;
        }
        let copies = if duplicate * 100.0 < conditions.duplicate_percent { 2 } else { 1 };
        vec![due; copies]
    }
}

/// A datagram on its way.
struct Flight {
    due: Duration,
    /// Breaks ties: first sent, first delivered.
    number: u64,
    bytes: Vec<u8>,
    socket: Arc<UdpSocket>,
    to: SocketAddr,
}

impl PartialEq for Flight {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Flight {}
impl PartialOrd for Flight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Flight {
    /// The heap gives the greatest: the earliest is the greatest.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.due, other.number).cmp(&(self.due, self.number))
    }
}

/// State that the threads share.
struct Shared {
    stop: AtomicBool,
    epoch: Instant,
    conditions: Mutex<Conditions>,
    /// Towards the target, and back.
    lines: [Mutex<Line>; 2],
}

impl Shared {
    fn send(&self, direction: usize, queue: &Sender<Flight>, bytes: &[u8], socket: &Arc<UdpSocket>, to: SocketAddr) {
        let conditions = *self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.epoch.elapsed();
        let arrivals = {
            let mut line = self.lines[direction].lock().unwrap_or_else(PoisonError::into_inner);
            line.arrivals(now, bytes.len(), &conditions)
        };
        for due in arrivals {
            let flight = Flight { due, number: 0, bytes: bytes.to_vec(), socket: Arc::clone(socket), to };
            // Fails only while the relay is being dropped.
            let _ = queue.send(flight);
        }
    }
}

/// A running relay. It ends with this value.
pub struct LossyLink {
    address: SocketAddr,
    shared: Arc<Shared>,
    reader: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for LossyLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LossyLink").field("address", &self.address).finish_non_exhaustive()
    }
}

impl LossyLink {
    /// Starts a relay towards `target`. Clients send to [`Self::address`]; each gets an own port towards the target, as
    /// behind a NAT.
    ///
    /// # Errors
    /// When no socket can be had.
    pub fn start(target: SocketAddr, conditions: Conditions, seed: u64) -> Result<Self> {
        let doing = || "starting a lossy link".to_owned();
        let front = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).doing(doing)?);
        front.set_read_timeout(Some(STOP_POLL)).doing(doing)?;
        let address = front.local_addr().doing(doing)?;
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            epoch: Instant::now(),
            conditions: Mutex::new(conditions),
            lines: [Mutex::new(Line::new(seed)), Mutex::new(Line::new(seed ^ 1))],
        });
        let (queue, flights) = mpsc::channel();
        let epoch = shared.epoch;
        thread::Builder::new().name("lossy-delivery".into()).spawn(move || deliver(&flights, epoch)).doing(doing)?;
        let theirs = Arc::clone(&shared);
        let reader = thread::Builder::new().name("lossy-front".into());
        let reader = reader.spawn(move || read_front(&theirs, &front, target, &queue)).doing(doing)?;
        Ok(Self { address, shared, reader: Some(reader) })
    }

    /// Where clients send to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the conditions for datagrams from now on.
    pub fn set(&self, conditions: Conditions) {
        *self.shared.conditions.lock().unwrap_or_else(PoisonError::into_inner) = conditions;
    }
}

impl Drop for LossyLink {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn is_timeout(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Reads from clients until the relay is dropped, and starts one reading thread per client for the way back.
fn read_front(shared: &Arc<Shared>, front: &Arc<UdpSocket>, target: SocketAddr, queue: &Sender<Flight>) {
    let mut clients: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
    let mut threads = Vec::new();
    let mut buffer = [0; 65_536];
    while !shared.stop.load(Ordering::Relaxed) {
        // Errors other than the time-out are answers of closed ports: the line goes on.
        let Ok((length, client)) = front.recv_from(&mut buffer) else { continue };
        let back = match clients.get(&client) {
            Some(back) => Arc::clone(back),
            None => {
                let Ok(back) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)) else { continue };
                if back.set_read_timeout(Some(STOP_POLL)).is_err() {
                    continue;
                }
                let back = Arc::new(back);
                clients.insert(client, Arc::clone(&back));
                let (shared, front, queue, socket) =
                    (Arc::clone(shared), Arc::clone(front), queue.clone(), Arc::clone(&back));
                threads.push(thread::spawn(move || read_back(&shared, &socket, &front, client, &queue)));
                back
            }
        };
        shared.send(0, queue, &buffer[..length], &back, target);
    }
    for thread in threads {
        let _ = thread.join();
    }
}

fn read_back(shared: &Shared, socket: &UdpSocket, front: &Arc<UdpSocket>, client: SocketAddr, queue: &Sender<Flight>) {
    let mut buffer = [0; 65_536];
    while !shared.stop.load(Ordering::Relaxed) {
        match socket.recv_from(&mut buffer) {
            Ok((length, _)) => shared.send(1, queue, &buffer[..length], front, client),
            Err(e) if is_timeout(&e) => {}
            Err(_) => thread::yield_now(),
        }
    }
}

/// Delivers each datagram when it is due; ends when all senders are gone and nothing is on its way.
fn deliver(flights: &Receiver<Flight>, epoch: Instant) {
    let mut waiting: BinaryHeap<Flight> = BinaryHeap::new();
    let mut number = 0;
    loop {
        let now = epoch.elapsed();
        while let Some(flight) = waiting.peek()
            && flight.due <= now
        {
            if let Some(flight) = waiting.pop() {
                let _ = flight.socket.send_to(&flight.bytes, flight.to);
            }
        }
        let next = match waiting.peek() {
            Some(flight) => flights.recv_timeout(flight.due.saturating_sub(epoch.elapsed())),
            None => flights.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(flight) => {
                waiting.push(Flight { number, ..flight });
                number += 1;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Arrival of 10,000 datagrams sent one millisecond apart.
    fn send_many(conditions: &Conditions, seed: u64) -> Vec<Vec<Duration>> {
        let mut line = Line::new(seed);
        (0..10_000).map(|n| line.arrivals(n * MS, 1_000, conditions)).collect()
    }

    #[test]
    fn the_seed_alone_decides() {
        let conditions =
            Conditions { loss_percent: 10.0, jitter: 20 * MS, reorder_percent: 3.0, ..Conditions::default() };
        assert_eq!(send_many(&conditions, 5), send_many(&conditions, 5));
        assert_ne!(send_many(&conditions, 5), send_many(&conditions, 6));
    }

    #[test]
    fn shares_are_what_was_asked_for() {
        let conditions = Conditions { loss_percent: 20.0, duplicate_percent: 10.0, ..Conditions::default() };
        let arrivals = send_many(&conditions, 1);
        let lost = arrivals.iter().filter(|a| a.is_empty()).count();
        let doubled = arrivals.iter().filter(|a| a.len() == 2).count();
        assert!((1_900..2_100).contains(&lost), "{lost}");
        assert!((700..900).contains(&doubled), "{doubled}");
    }

    #[test]
    fn jitter_keeps_the_order_and_reordering_breaks_it() {
        let jitter = Conditions { delay: 50 * MS, jitter: 30 * MS, ..Conditions::default() };
        let flat = |arrivals: Vec<Vec<Duration>>| arrivals.into_iter().flatten().collect::<Vec<_>>();
        let due = flat(send_many(&jitter, 2));
        assert!(due.is_sorted());
        assert!(due.iter().enumerate().all(|(n, due)| *due >= n as u32 * MS + 50 * MS));
        assert!(!flat(send_many(&Conditions { reorder_percent: 5.0, ..jitter }, 2)).is_sorted());
    }

    #[test]
    fn a_narrow_line_queues_then_drops() {
        // 8 Mbit/s are offered to 4 Mbit/s.
        let narrow = Conditions { rate: Some(4_000_000), queue: 100 * MS, ..Conditions::default() };
        let arrivals = send_many(&narrow, 3);
        let through = arrivals.iter().filter(|a| !a.is_empty()).count();
        assert!((5_000..5_200).contains(&through), "{through}");
        let longest = arrivals.iter().enumerate().filter_map(|(n, a)| Some(*a.first()? - n as u32 * MS)).max();
        assert!(longest.is_some_and(|wait| (100 * MS..=103 * MS).contains(&wait)), "{longest:?}");
    }

    #[test]
    fn datagrams_go_both_ways() {
        let target = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let link = LossyLink::start(target.local_addr().unwrap(), Conditions::default(), 1).unwrap();
        let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        for socket in [&target, &client] {
            socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        }
        let mut buffer = [0; 16];
        for text in [b"one", b"two"] {
            client.send_to(text, link.address()).unwrap();
            let (length, from) = target.recv_from(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], text);
            target.send_to(b"answer", from).unwrap();
            let (length, from) = client.recv_from(&mut buffer).unwrap();
            assert_eq!((&buffer[..length], from), (&b"answer"[..], link.address()));
        }
        link.set(Conditions { loss_percent: 100.0, ..Conditions::default() });
        client.send_to(b"gone", link.address()).unwrap();
        link.set(Conditions::default());
    }
}
