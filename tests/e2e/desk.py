# SPDX-License-Identifier: GPL-3.0-or-later
"""A console that is worked by real keys, also in its dialogs."""
import subprocess

from stage import Screen

MAIN, SIGN_IN, UNLOCK = 'Gas distribution points', 'Sign in', 'Unlock'


class Desk:
    def __init__(self, stage, console):
        self.stage, self.console, self.screen = stage, console, Screen(console)

    def window(self, title):
        found = subprocess.run(['xdotool', 'search', '--all', '--pid', str(self.console.pid), '--onlyvisible', '--name', f'^{title}$'],
                               capture_output=True, text=True).stdout.split()
        return found[0] if found else None

    def keys(self, title, *keys):
        """Keys into the window of this title, when it is there; without a window manager none has the focus by itself."""
        window = self.stage.wait(f'the window {title}', lambda: self.window(title))
        subprocess.run(['xdotool', 'windowfocus', '--sync', window], check=True)
        if keys:
            subprocess.run(['xdotool', 'key', '--delay', '60', *keys], check=True)

    def focused(self):
        """What has the focus in its window, as a screen reader finds it: roles."""
        return [node.getRoleName() for node in self.screen.walk() if node.getState().contains(self.screen.atspi.STATE_FOCUSED)]

    def type(self, title, text):
        """A password and Enter, when it is the password that the keys go to."""
        self.stage.wait('the password has the focus', lambda: self.keys(title) or 'password text' in self.focused())
        subprocess.run(['xdotool', 'type', '--delay', '30', text], check=True)
        subprocess.run(['xdotool', 'key', 'Return'], check=True)

    def says(self, *parts):
        self.stage.wait(' '.join(parts), lambda: self.screen.shows(*parts))

    def without(self, title):
        self.stage.wait(f'no window {title}', lambda: not self.window(title))
