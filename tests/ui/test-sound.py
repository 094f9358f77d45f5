#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-sound.py GDP-CONSOLE UI-FIELD — what is heard, at the monitor of a null sink of a sound server of the test's own."""
import array
import math
import os
import signal
import subprocess
import sys
import threading
import time

from desk import Desk, Failed, focus, keys, main, wait

RATE = 8000
PITCH = {1: 880, 2: 660, 3: 523, 4: 440}
LOUD = 300          # mean of a tenth of a second, of 32767
KEY_S = '39'        # its code on PC keyboards
QUIET = 5           # s without a sound: longer than the rest of priority 1


class Ears:
    """Listens all the time; tells the pitch of each tenth of a second, None = nothing is heard."""

    def __init__(self, environment):
        self.heard = []                       # (monotonic time, pitch)
        self.recorder = subprocess.Popen(
            ['parec', '--device=room.monitor', f'--rate={RATE}', '--channels=1', '--format=s16le', '--raw', '--latency-msec=50'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while piece := self.recorder.stdout.read(2 * RATE // 10):
            samples = array.array('h', piece)
            loud = sum(map(abs, samples)) / len(samples)
            self.heard.append((time.monotonic(), max(PITCH, key=lambda p: self.power(samples, PITCH[p])) if loud > LOUD else None))

    @staticmethod
    def power(samples, pitch):
        """Of one frequency (Goertzel)."""
        real = sum(s * math.cos(2 * math.pi * pitch * i / RATE) for i, s in enumerate(samples))
        imaginary = sum(s * math.sin(2 * math.pi * pitch * i / RATE) for i, s in enumerate(samples))
        return real * real + imaginary * imaginary

    def since(self, moment):
        return [priority for at, priority in list(self.heard) if at >= moment and priority]

    def quiet(self):
        """For so long that whatever repeats would have been heard."""
        if not self.heard or time.monotonic() - self.heard[0][0] < QUIET:
            return False
        return not self.since(time.monotonic() - QUIET)


class Room(Desk):
    """A desk with a loudspeaker that can be taken away."""

    def __init__(self):
        super().__init__()
        os.mkdir(f'{self.folder}/pulse')
        self.environment.update(PULSE_RUNTIME_PATH=f'{self.folder}/pulse', PULSE_SERVER=f'unix:{self.folder}/sound',
                                HOME=self.folder)

    def sound(self):
        """The speaker, and ears."""
        self.speaker = self.start('pulseaudio', '-n', '--log-level=error', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no',
                                  '-L', 'module-null-sink sink_name=room',
                                  '-L', f'module-native-protocol-unix socket={self.folder}/sound auth-anonymous=1')
        wait('a sound server', lambda: subprocess.run(['pactl', 'info'], env=self.environment, capture_output=True).returncode == 0)
        self.ears = Ears(self.environment)
        self.processes.append(self.ears.recorder)
        wait('ears', lambda: self.ears.heard)

    def alarmed(self, *more):
        """A console whose list shows a closed slam-shut valve, which is heard."""
        self.sound()
        self.field(3, 'GDP-002/slam1=1', *more)
        found = self.console('--page', 'alarms')
        self.burst(1)
        return found

    def burst(self, priority):
        """Waits for sounds of @priority from now on."""
        now = time.monotonic()
        wait(f'sounds of priority {priority}', lambda: self.ears.since(now).count(priority) >= 2)


def state(screen, text):
    """What the button in the banner says."""
    return any(node.name == text for node in screen.walk() if node.getRoleName() == 'label')


def an_alarm_is_heard_again_and_again_until_it_is_acknowledged():
    with Room() as room:
        room.sound()
        room.field(3, '+3:GDP-002/slam1=1')
        console, screen = room.console('--page', 'alarms')
        wait('sound that works', lambda: state(screen, 'on'))
        room.burst(1)
        wait('that it can be silenced', lambda: state(screen, 'Silence'))
        began = time.monotonic()
        wait('it again', lambda: len(room.ears.since(began)) > 30)   # a burst has ten pulses, 2.9 s with their pauses
        wrong = set(room.ears.since(began)) - {1}
        if wrong:
            raise Failed(f'an alarm of priority 1 sounds like {wrong}')
        focus(console)
        keys('Home')
        keys('space')
        wait('the acknowledgement', lambda: room.acknowledged('GDP-002/slam1.state'))
        wait('silence', room.ears.quiet)
        wait('sound that works', lambda: state(screen, 'on'))


def priorities_are_told_apart_by_ear():
    with Room() as room:
        room.sound()
        room.field(3, 'GDP-003/door1=1', '+12:GDP-002/slam1=1')
        room.console('--page', 'alarms')
        room.burst(2)
        room.burst(1)


def silence_is_not_acknowledging_and_what_comes_after_it_is_heard():
    with Room() as room:
        console, screen = room.alarmed('+30:GDP-003/door1=1')
        focus(console)
        subprocess.run(['setxkbmap', '-layout', 'ru,us'], check=True)   # it is the key, whatever letter it gives now
        keys(KEY_S)
        wait('silence', room.ears.quiet)
        wait('how long it lasts', lambda: any(node.name.startswith('1:') for node in screen.walk()))
        if room.acknowledged('GDP-002/slam1.state'):
            raise Failed('silence acknowledged the alarm')
        room.burst(2)


def a_lost_loudspeaker_is_an_alarm_on_the_screen_until_it_is_back():
    with Room() as room:
        console, screen = room.alarmed()
        room.speaker.kill()
        wait('that sound is lost', lambda: state(screen, 'lost'))
        room.sound()
        room.burst(1)
        wait('that it is back', lambda: state(screen, 'Silence'))


def a_sound_server_that_hangs_does_not_hold_the_window_up():
    with Room() as room:
        console, screen = room.alarmed()
        room.speaker.send_signal(signal.SIGSTOP)
        wait('that sound is lost', lambda: state(screen, 'lost'))
        focus(console)
        keys('Home')
        keys('space')
        wait('an acknowledgement all the same', lambda: room.acknowledged('GDP-002/slam1.state'))
        room.speaker.send_signal(signal.SIGCONT)
        wait('that it is back', lambda: state(screen, 'on'))


def without_a_sound_server_the_screen_says_so():
    with Room() as room:
        room.field(3)
        _, screen = room.console()
        wait('that sound is lost', lambda: state(screen, 'lost'))


def a_console_without_sound_says_so():
    with Room() as room:
        room.field(3)
        _, screen = room.console('--no-sound')
        wait('that it is off', lambda: state(screen, 'off'))


def a_letter_that_is_typed_is_no_silence():
    with Room() as room:
        console, screen = room.alarmed()
        focus(console)
        keys('ctrl+f')
        keys('s')
        wait('the letter', lambda: screen.shows('0 of 3 sites'))
        room.burst(1)


def a_server_that_is_silent_is_heard():
    with Room() as room:
        room.sound()
        room.field(3)
        _, screen = room.console()
        wait('the picture', lambda: screen.shows('live'))
        room.served.kill()
        room.burst(2)


def the_sounds_are_tried_by_hand():
    with Room() as room:
        room.sound()
        room.field(3)
        console, screen = room.console()
        wait('sound that works', lambda: state(screen, 'on'))
        room.act(console, '/io/github/gdp/Console', 'test-sound')
        wait('all four', lambda: set(room.ears.since(0)) == {1, 2, 3, 4})


sys.exit(main('sound', [
    an_alarm_is_heard_again_and_again_until_it_is_acknowledged, priorities_are_told_apart_by_ear,
    silence_is_not_acknowledging_and_what_comes_after_it_is_heard, a_lost_loudspeaker_is_an_alarm_on_the_screen_until_it_is_back,
    a_sound_server_that_hangs_does_not_hold_the_window_up, without_a_sound_server_the_screen_says_so, a_console_without_sound_says_so,
    a_letter_that_is_typed_is_no_silence, a_server_that_is_silent_is_heard, the_sounds_are_tried_by_hand]))
