//! A cable in front of one TCP address that can be pulled out and plugged in again.
//!
//! Owns: a relay on 127.0.0.1 with its threads. Pulled out, all connections end at once, without a word of either side
//! in them, and new ones end as soon as they begin; both ends go on running. Does not: lose or delay single octets.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::error::{Context, Result};

#[derive(Debug, Default)]
struct Shared {
    is_over: AtomicBool,
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    is_cut: bool,
    /// Both ends of all connections since the last cut; those that ended by themselves stay until then.
    sockets: Vec<TcpStream>,
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the ends of a connection, unless the cable is out.
    fn connected(&self, near: &TcpStream, far: &TcpStream) -> io::Result<bool> {
        let ends = [near.try_clone()?, far.try_clone()?];
        let mut line = self.line();
        if !line.is_cut {
            line.sockets.extend(ends);
        }
        Ok(!line.is_cut)
    }

    fn cut(&self) {
        let mut line = self.line();
        line.is_cut = true;
        for socket in line.sockets.drain(..) {
            // One that has ended already cannot be ended.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

/// See the module. Dropping it pulls it out for good.
#[derive(Debug)]
pub struct Cable {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl Cable {
    /// A cable to an address, plugged in.
    pub fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing(|| "cannot listen on loopback".to_owned())?;
        let address = listener.local_addr().doing(|| "a listener has no address".to_owned())?;
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let listener = thread::spawn(move || {
            for near in listener.incoming() {
                if of_thread.is_over.load(Ordering::Acquire) {
                    return;
                }
                // A connection that fails is one that was cut.
                let _ = near.and_then(|near| relay(near, target, &of_thread));
            }
        });
        Ok(Self { address, shared, listener: Some(listener) })
    }

    /// Where to connect to instead of the target.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Pulls it out.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// Plugs it in again.
    pub fn mend(&self) {
        self.shared.line().is_cut = false;
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        self.shared.cut();
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

/// Copies both ways in threads of their own, which end with the connection.
fn relay(near: TcpStream, target: SocketAddr, shared: &Shared) -> io::Result<()> {
    if shared.line().is_cut {
        return Ok(());
    }
    let far = TcpStream::connect(target)?;
    if !shared.connected(&near, &far)? {
        return Ok(());
    }
    let (near_reader, far_reader) = (near.try_clone()?, far.try_clone()?);
    for (mut from, mut to) in [(near_reader, far), (far_reader, near)] {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
            let _ = from.shutdown(Shutdown::Both);
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{Read as _, Write as _};

    use super::*;

    #[test]
    fn carries_until_it_is_cut_and_again_when_it_is_mended() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let cable = Cable::to(server.local_addr().unwrap()).unwrap();
        let mut octet = [0];
        for _ in 0..2 {
            let mut near = TcpStream::connect(cable.address()).unwrap();
            let (mut far, _) = server.accept().unwrap();
            near.write_all(b"a").unwrap();
            far.read_exact(&mut octet).unwrap();
            far.write_all(b"b").unwrap();
            near.read_exact(&mut octet).unwrap();
            assert_eq!(octet, *b"b");
            cable.cut();
            assert!(matches!(near.read(&mut octet), Ok(0) | Err(_)));
            assert!(matches!(far.read(&mut octet), Ok(0) | Err(_)));
            let mut refused = TcpStream::connect(cable.address()).unwrap();
            assert!(matches!(refused.read(&mut octet), Ok(0) | Err(_)));
            cable.mend();
        }
    }
}
