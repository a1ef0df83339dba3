// Which services does trove need in the end?
DEPS trove ONLY Service;
