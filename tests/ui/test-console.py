#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-console.py GDP-CONSOLE UI-FIELD — the program itself, driven as people and screen readers do.

Every test starts a console of its own on a living store; hands are AT-SPI actions, real keys
(xdotool) and actions over D-Bus. TAP on stdout."""
import os
import signal
import sqlite3
import subprocess
import sys

from desk import CONSOLE, Desk, Failed, focus, keys, main, wait


def value_of_the_field_is_on_the_screen():
    with Desk() as desk:
        desk.field(3, 'GDP-002/outlet1=0.2765')
        _, screen = desk.console('--site', 'GDP-002')
        wait('the value', lambda: screen.shows('0.2765'))
        wait('the heart', lambda: screen.shows('live'))


def acknowledge_by_mouse():
    with Desk() as desk:
        desk.field(3, 'GDP-002/slam1=1')
        _, screen = desk.console('--page', 'alarms')
        wait('the alarm in the list', lambda: screen.shows('Slam-shut'))
        wait('a click on its button', lambda: [
            node.queryAction().doAction(0) for node in screen.walk()
            if node.getRoleName() == 'push button' and node.name == 'Acknowledge'][1:])
        wait('the acknowledgement', lambda: desk.acknowledged('GDP-002/slam1.state') == 'Иванова')
        if desk.command('GDP-002/slam1.state')[0][0] != 1:
            raise Failed(f'the occurrence seen was not posted: {desk.command("GDP-002/slam1.state")}')


def acknowledge_by_space():
    with Desk() as desk:
        desk.field(3, 'GDP-002/slam1=1', 'GDP-003/door1=1')
        console, screen = desk.console('--page', 'alarms')
        wait('both alarms in the list', lambda: screen.shows('2 alarms'))
        focus(console)
        keys('Home')
        keys('space')
        wait('the first one acknowledged', lambda: desk.acknowledged('GDP-002/slam1.state') == 'Иванова')
        if desk.acknowledged('GDP-003/door1.state'):
            raise Failed('one Space acknowledged two alarms')


def acknowledge_all_on_the_screen():
    with Desk() as desk:
        desk.field(3, 'GDP-001/door1=1', 'GDP-002/slam1=1', 'GDP-003/door1=1')
        console, screen = desk.console('--page', 'alarms')
        wait('three alarms in the list', lambda: screen.shows('3 alarms') and screen.shows('Slam-shut'))
        focus(console)
        keys('ctrl+space')
        for alarm in 'GDP-001/door1.state', 'GDP-002/slam1.state', 'GDP-003/door1.state':
            wait(f'{alarm} acknowledged', lambda: desk.acknowledged(alarm) == 'Иванова')


def pages_and_search_by_keys():
    with Desk() as desk:
        desk.field(30)
        console, screen = desk.console()
        wait('the picture', lambda: screen.shows('live'))
        focus(console)
        keys('ctrl+3')
        wait('the journal', lambda: screen.shows('Configuration changed'))
        keys('ctrl+f')
        subprocess.run(['xdotool', 'type', '--delay', '30', '017'], check=True)
        keys('Return')
        wait('the site found', lambda: screen.shows('upmp on rs485-1') and screen.shows('GDP-017'))
        keys('Escape')


def actions_over_dbus():
    with Desk() as desk:
        desk.field(3)
        console, screen = desk.console()
        wait('the picture', lambda: screen.shows('live'))
        desk.act(console, '/io/github/gdp/Console/window/1', 'page', "<'alarms'>")
        wait('the alarms page', lambda: screen.shows('No alarms'))


def russian_words_and_decimal_comma():
    """Any locale can be made without rights: localedef writes it into a folder that LOCPATH names.
    LANGUAGE alone does nothing where the locale is C."""
    with Desk() as desk:
        subprocess.run(['localedef', '-i', 'ru_RU', '-f', 'UTF-8', '--no-archive', f'{desk.folder}/ru_RU.UTF-8'], check=True)
        desk.field(3, 'GDP-002/outlet1=0.2765', 'GDP-002/door1=1')
        _, screen = desk.console('--site', 'GDP-002', LOCPATH=desk.folder, LC_ALL='ru_RU.UTF-8', LANGUAGE='ru')
        wait('the value with a comma', lambda: screen.shows('0,2765'))
        wait('Russian words', lambda: screen.shows('Тревоги этого ГРП') and screen.shows('Входное давление'))


def no_session_bus():
    with Desk() as desk:
        desk.field(3)
        picture = f'{desk.folder}/page.png'
        console, _ = desk.console('--screenshot', picture, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent', GTK_A11Y='none')
        if console.wait(60) != 0 or os.path.getsize(picture) < 20000:
            raise Failed('no picture without a bus')


def newer_store_is_refused_in_words():
    with Desk() as desk:
        desk.field(1)
        desk.served.kill()
        desk.served.wait()
        connection = sqlite3.connect(desk.path)
        connection.execute('PRAGMA user_version = 9999')
        connection.commit()
        connection.close()
        console, screen = desk.console()
        wait('what is wrong with it', lambda: screen.shows('NO STORE', desk.path, 'newer'))
        if console.poll() is not None:
            raise Failed('the console ended')


def screenshot_without_server_says_what_is_missing():
    with Desk() as desk:
        desk.field(1)
        desk.served.kill()
        desk.served.wait()
        with sqlite3.connect(desk.path) as store:     # long ago
            store.execute('UPDATE server SET heartbeat = heartbeat - 60000000')
        console, _ = desk.console('--screenshot', f'{desk.folder}/page.png')
        code = console.wait(60)
        said = open(f'{desk.folder}/log').read()
        if code != 1 or 'gdp-console: no picture' not in said or 'SERVER SILENT' not in said:
            raise Failed(f'exit {code}: {said}')


def wrong_usage_is_exit_2():
    for arguments in ['--page', 'nowhere'], ['--theme', 'pink'], ['--size', 'big'], ['--nonsense'], ['stray']:
        done = subprocess.run([CONSOLE, *arguments], capture_output=True, text=True)
        if done.returncode != 2 or not done.stderr.startswith('gdp-console: '):
            raise Failed(f'{arguments}: exit {done.returncode}, {done.stderr!r}')


def ends_cleanly_on_sigterm():
    with Desk() as desk:
        desk.field(2)
        console, screen = desk.console()
        wait('the picture', lambda: screen.shows('live'))
        console.send_signal(signal.SIGTERM)
        if console.wait(60) != 0:
            raise Failed(f'exit {console.returncode}')


TESTS = [value_of_the_field_is_on_the_screen, acknowledge_by_mouse, acknowledge_by_space, acknowledge_all_on_the_screen,
         pages_and_search_by_keys, actions_over_dbus, russian_words_and_decimal_comma, no_session_bus, newer_store_is_refused_in_words,
         screenshot_without_server_says_what_is_missing, wrong_usage_is_exit_2, ends_cleanly_on_sigterm]


sys.exit(main('console', TESTS))
