//! [`Pump`]: moves bytes between a socket and the machine, and knows the time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::inbox::Inbox;
use super::machine::Machine;
use crate::bolt::Malformed;
use crate::bolt::chunk::Messages;
use crate::server::tls::Wire;
use crate::server::{Host, blocking};

/// Bytes of a message before the client is known.
const SMALL: usize = 64 << 10;
/// Bytes that are read at once.
const READ: usize = 32 << 10;
/// Answers that wait to be sent; above it, statements pause.
const HIGH: usize = 256 << 10;
/// Time that a wrong password takes.
const REFUSED: Duration = Duration::from_secs(1);
/// Time and bytes after the last answer, so that it arrives before the connection closes.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1 << 20;

type Journey = Pin<Box<dyn Future<Output = io::Result<Box<Machine>>> + Send>>;

pub(super) struct Pump {
    host: Arc<Host>,
    read: ReadHalf<Box<dyn Wire>>,
    write: WriteHalf<Box<dyn Wire>>,
    inbox: Arc<Inbox>,
    messages: Messages,
    buffer: Box<[u8]>,
    /// Answers that are to be sent, and how many bytes of them were.
    out: Vec<u8>,
    sent: usize,
    /// Whether TLS may hold bytes back.
    unflushed: bool,
    /// When the client must be known.
    hello: Instant,
    /// When bytes last moved.
    moved: Instant,
    /// What was wrong with the bytes that came.
    malformed: Option<Malformed>,
}

/// Where the machine is.
enum Place {
    Here(Box<Machine>),
    Away(Journey),
    /// It did not come back.
    Lost,
}

/// What happened next.
enum Event {
    Read(io::Result<usize>),
    Wrote(io::Result<usize>),
    Flushed(io::Result<()>),
    Returned(io::Result<Box<Machine>>),
    Late,
    /// The server is to end, or its grace period is over.
    Closing,
}

impl Pump {
    pub(super) fn new(host: Arc<Host>, wire: Box<dyn Wire>, inbox: Arc<Inbox>, hello: Instant) -> Pump {
        let (read, write) = tokio::io::split(wire);
        let messages = Messages::new(SMALL.min(host.settings.message));
        Pump {
            host,
            read,
            write,
            inbox,
            messages,
            buffer: vec![0; READ].into(),
            out: Vec::new(),
            sent: 0,
            unflushed: false,
            hello,
            moved: Instant::now(),
            malformed: None,
        }
    }

    /// Runs the connection to its end.
    pub(super) async fn run(mut self, machine: Machine) -> io::Result<()> {
        let mut place = Place::Here(Box::new(machine));
        let ended = self.turn(&mut place).await;
        self.inbox.close();
        // What is open is undone where that may take time.
        let machine = match place {
            Place::Here(machine) => machine,
            Place::Away(journey) => journey.await?,
            Place::Lost => return ended,
        };
        blocking(move || drop(machine)).await?;
        ended
    }

    async fn turn(&mut self, place: &mut Place) -> io::Result<()> {
        loop {
            self.depart(place);
            if let Place::Here(machine) = place
                && self.out.is_empty()
                && !self.unflushed
            {
                if machine.is_closed() {
                    return self.linger().await;
                }
                let is_over = self.host.stopping.is_over() && !machine.has_work();
                if is_over || (self.host.closing.is_cancelled() && !machine.is_busy()) {
                    // Who was just told of a failure is given time to read it.
                    return if machine.has_failed() { self.linger().await } else { Ok(()) };
                }
            }
            match self.next(place).await {
                Event::Read(Ok(0)) => return Ok(()),
                Event::Read(count) => self.take(count?),
                Event::Flushed(done) => {
                    done?;
                    self.unflushed = false;
                }
                Event::Wrote(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Event::Wrote(count) => self.wrote(count?),
                Event::Returned(machine) => {
                    *place = Place::Lost;
                    *place = Place::Here(self.arrive(machine?));
                }
                Event::Late if has_expired(place) => self.send(place, Machine::expire),
                Event::Late => return Err(io::ErrorKind::TimedOut.into()),
                Event::Closing => {}
            }
        }
    }

    /// Sends the machine to work if it is here and there is work.
    fn depart(&mut self, place: &mut Place) {
        let Place::Here(machine) = place else { return };
        let waiting = self.out.len() - self.sent;
        if let Some(Malformed(problem)) = self.malformed.take_if(|_| self.inbox.is_empty()) {
            machine.refuse(problem);
            self.out.append(&mut machine.out);
        } else if machine.credentials.is_some() {
            self.away(place, Pump::verify);
        } else if machine.has_work() && waiting < HIGH {
            self.send(place, Machine::work);
        }
    }

    /// Has the machine do something on a thread that may block.
    fn send(&self, place: &mut Place, work: fn(&mut Machine)) {
        self.away(place, move |host, mut machine| async move {
            // The one that others wait for needs no place among them.
            let slot = match machine.holds_writer() {
                true => None,
                false => Some(host.slots.acquire().await.map_err(io::Error::other)?),
            };
            let machine = blocking(move || {
                work(&mut machine);
                machine
            });
            let machine = machine.await;
            drop(slot);
            machine
        });
    }

    fn away<F>(&self, place: &mut Place, journey: impl FnOnce(Arc<Host>, Box<Machine>) -> F)
    where
        F: Future<Output = io::Result<Box<Machine>>> + Send + 'static,
    {
        if let Place::Here(machine) = std::mem::replace(place, Place::Lost) {
            *place = Place::Away(Box::pin(journey(self.host.clone(), machine)));
        }
    }

    /// Verifies a name and a password, a few at a time: their hashes are made to be slow.
    async fn verify(host: Arc<Host>, mut machine: Box<Machine>) -> io::Result<Box<Machine>> {
        let Some(credentials) = machine.credentials.take() else { return Ok(machine) };
        let permit = host.verifying.acquire().await.map_err(io::Error::other)?;
        let users = host.clone();
        let role = blocking(move || users.users.verify(&credentials.name, &credentials.password)).await?;
        drop(permit);
        if role.is_none() {
            host.counters.refused_passwords.fetch_add(1, Relaxed);
            sleep(REFUSED).await;
        }
        machine.logged_on(role);
        Ok(machine)
    }

    /// Takes the answers of a machine that has returned.
    fn arrive(&mut self, mut machine: Box<Machine>) -> Box<Machine> {
        if self.out.is_empty() {
            std::mem::swap(&mut self.out, &mut machine.out);
        } else {
            self.out.append(&mut machine.out);
        }
        if machine.is_authenticated() {
            self.messages.set_limit(self.host.settings.message);
            // After a LOGOFF it must be known again.
            self.hello = Instant::now() + self.host.settings.hello;
        }
        self.moved = Instant::now();
        machine
    }

    async fn next(&mut self, place: &mut Place) -> Event {
        let is_reading = self.malformed.is_none() && !self.inbox.is_full(self.host.settings.message);
        let late = self.late(place);
        let Pump { host, read, write, buffer, out, sent, unflushed, .. } = self;
        let left = &out[*sent..];
        let has_left = !left.is_empty();
        let writing = async move {
            match has_left {
                true => Event::Wrote(write.write(left).await),
                false => Event::Flushed(write.flush().await),
            }
        };
        tokio::select! {
            event = writing, if has_left || *unflushed => event,
            machine = returned(place) => Event::Returned(machine),
            count = read.read(buffer), if is_reading => Event::Read(count),
            () = sleep_until(late) => Event::Late,
            () = host.closing.cancelled(), if !host.closing.is_cancelled() => Event::Closing,
            () = host.stopping.over(), if !host.stopping.is_over() => Event::Closing,
        }
    }

    /// When this connection has waited for too long.
    fn late(&self, place: &Place) -> Instant {
        let idle = self.moved + self.host.settings.idle;
        match place {
            // A journey has its own limits of time.
            Place::Away(_) | Place::Lost => Instant::now() + self.host.settings.idle,
            Place::Here(machine) if !machine.is_authenticated() => self.hello,
            Place::Here(machine) => machine.deadline().map_or(idle, |deadline| idle.min(deadline.into())),
        }
    }

    /// Takes bytes that have come.
    fn take(&mut self, count: usize) {
        self.moved = Instant::now();
        let pushed = self.messages.push(&self.buffer[..count]);
        while let Some(message) = self.messages.pop() {
            self.inbox.push(message);
        }
        self.malformed = pushed.err();
    }

    fn wrote(&mut self, count: usize) {
        self.moved = Instant::now();
        self.sent += count;
        if self.sent == self.out.len() {
            self.unflushed = self.host.settings.tls.is_some();
            self.sent = 0;
            self.out.clear();
            // One large answer does not keep its memory.
            self.out.shrink_to(2 * HIGH);
        }
    }

    /// Ends the connection so that the last answer arrives: closing a socket with unread bytes would discard it.
    async fn linger(&mut self) -> io::Result<()> {
        self.write.flush().await?;
        self.write.shutdown().await?;
        let drain = async {
            let mut left = LINGER_BYTES;
            while left > 0 {
                match self.read.read(&mut self.buffer).await {
                    Ok(0) | Err(_) => return,
                    Ok(count) => left = left.saturating_sub(count),
                }
            }
        };
        let _ = timeout(LINGER, drain).await;
        Ok(())
    }
}

/// Whether a transaction has been open for too long while its client does nothing.
fn has_expired(place: &Place) -> bool {
    let deadline = match place {
        Place::Here(machine) => machine.deadline(),
        Place::Away(_) | Place::Lost => None,
    };
    deadline.is_some_and(|deadline| Instant::from(deadline) <= Instant::now())
}

/// Waits for a machine that is away.
async fn returned(place: &mut Place) -> io::Result<Box<Machine>> {
    match place {
        Place::Here(_) | Place::Lost => std::future::pending().await,
        Place::Away(journey) => journey.await,
    }
}
